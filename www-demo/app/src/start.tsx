import { createRoot } from "react-dom/client";
import { onAccountChangedElsewhere } from "./account";
import { IS_BESIDE } from "./device";
import { restartOnJoinLink } from "./join-fragment";
import { fragment, isSideBySide, onFragmentChange } from "./place";
import { startBridge } from "./together/bridge";
import { Root } from "./ui/root";
import { SideBySide } from "./ui/side-by-side";
import "sealwire/react.css";
import "./styles/index.css";

export function start(joinFragment: string | null): void {
  restartOnJoinLink();
  // The devices on the page are pages of their own, so that this one opens nothing, and holds no connection that theirs would have to follow.
  const together = !IS_BESIDE && isSideBySide(fragment());
  onFragmentChange(() => IS_BESIDE || isSideBySide(fragment()) === together || window.location.reload());
  if (!together) onAccountChangedElsewhere(() => window.location.reload());
  if (IS_BESIDE) startBridge();
  const root = document.getElementById("root");
  if (root) createRoot(root).render(together ? <SideBySide /> : <Root joinFragment={joinFragment} />);
}
