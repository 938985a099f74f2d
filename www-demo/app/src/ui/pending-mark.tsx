import { Icon } from "./icons";

/** Says that a row's change waits for the server. */
export function PendingMark() {
  return (
    <span className="pending" title="Waits for the server">
      <Icon name="clock" />
      <span className="pending-text">Waiting</span>
    </span>
  );
}
