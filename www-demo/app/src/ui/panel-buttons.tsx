import { IS_BESIDE } from "../device";
import { Icon } from "./icons";

/** What is open beside the list. */
export type Panel = "server" | "hood" | null;

interface Props {
  panel: Panel;
  onPanel: (panel: Panel) => void;
  /** Whether there is a panel "What the server holds". */
  server?: boolean;
}

/** The ways to look behind the list. Side by side the page around the devices has "Under the hood" for both. */
export function PanelButtons({ panel, onPanel, server = false }: Props) {
  return (
    <>
      {server && (
        <button
          type="button"
          className="button server-button"
          aria-label="What the server holds"
          aria-pressed={panel === "server"}
          onClick={() => onPanel(panel === "server" ? null : "server")}
        >
          <Icon name="server" />
          <span className="wide-only">What the server holds</span>
        </button>
      )}
      {!IS_BESIDE && (
        <button
          type="button"
          className="button server-button"
          aria-label="Under the hood"
          aria-pressed={panel === "hood"}
          onClick={() => onPanel(panel === "hood" ? null : "hood")}
        >
          <Icon name="pulse" />
          <span className="wide-only">Under the hood</span>
        </button>
      )}
    </>
  );
}
