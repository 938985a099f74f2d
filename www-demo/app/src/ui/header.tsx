import { Icon, Seal } from "./icons";
import { SearchField } from "./search-field";

interface Props {
  query: string;
  onQuery: (query: string) => void;
  serverPanel: boolean;
  onServerPanel: () => void;
  /** Opens the menu; `null` where the sidebar is in view. */
  onMenu: (() => void) | null;
}

export function Header({ query, onQuery, serverPanel, onServerPanel, onMenu }: Props) {
  return (
    <header className="header">
      {onMenu ? (
        <button type="button" className="icon-button" aria-label="Folders and account" onClick={onMenu}>
          <Icon name="menu" />
        </button>
      ) : (
        <p className="brand">
          <Seal /> Sealwire
        </p>
      )}
      <SearchField query={query} onQuery={onQuery} />
      <button
        type="button"
        className="button server-button"
        aria-label="What the server holds"
        aria-pressed={serverPanel}
        onClick={onServerPanel}
      >
        <Icon name="server" />
        <span className="wide-only">What the server holds</span>
      </button>
    </header>
  );
}
