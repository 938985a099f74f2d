import { BOOKMARKS, TODOS } from "../place";
import { Icon } from "./icons";

/** The way between the two lists of the demo. */
export function PlaceNav({ current }: { current: "bookmarks" | "todos" }) {
  return (
    <nav aria-label="Lists" className="places">
      <a className="nav-item" href={BOOKMARKS} aria-current={current === "bookmarks" ? "page" : undefined}>
        <Icon name="bookmark" />
        <span className="nav-name">Bookmarks</span>
      </a>
      <a className="nav-item" href={TODOS} aria-current={current === "todos" ? "page" : undefined}>
        <Icon name="check" />
        <span className="nav-name">Todos</span>
      </a>
    </nav>
  );
}
