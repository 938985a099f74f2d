import { createRoot } from "react-dom/client";
import { onAccountChangedElsewhere } from "./account";
import { restartOnJoinLink } from "./join-fragment";
import { Root } from "./ui/root";
import "./styles/index.css";

export function start(joinFragment: string | null): void {
  restartOnJoinLink();
  onAccountChangedElsewhere(() => window.location.reload());
  const root = document.getElementById("root");
  if (root) createRoot(root).render(<Root joinFragment={joinFragment} />);
}
