import { Icon, Seal } from "./icons";
import { PanelButtons, type Panel } from "./panel-buttons";
import { SearchField } from "./search-field";

interface Props {
  query: string;
  onQuery: (query: string) => void;
  panel: Panel;
  onPanel: (panel: Panel) => void;
  /** Opens the menu; `null` where the sidebar is in view. */
  onMenu: (() => void) | null;
}

export function Header({ query, onQuery, panel, onPanel, onMenu }: Props) {
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
      <div className="header-actions">
        <PanelButtons panel={panel} onPanel={onPanel} server />
      </div>
    </header>
  );
}
