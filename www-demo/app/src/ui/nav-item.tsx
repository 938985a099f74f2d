import { count } from "../format";
import { Icon, type IconName } from "./icons";

interface Props {
  icon: IconName;
  name: string;
  /** How many bookmarks it leads to. */
  amount?: number;
  current?: boolean;
  onClick: () => void;
}

/** A line of the sidebar. */
export function NavItem({ icon, name, amount, current = false, onClick }: Props) {
  return (
    <button type="button" className="nav-item" aria-current={current ? "page" : undefined} onClick={onClick}>
      <Icon name={icon} />
      <bdi className="nav-name">{name}</bdi>
      {amount !== undefined && <span className="nav-count">{count(amount)}</span>}
    </button>
  );
}
