import { IS_BESIDE } from "../device";
import { BOOKMARKS, NOTES, SIDE_BY_SIDE, TODOS, type Place } from "../place";
import { Icon, type IconName } from "./icons";

export const PLACES: readonly { at: Place["at"]; href: string; icon: IconName; name: string }[] = [
  { at: "bookmarks", href: BOOKMARKS, icon: "bookmark", name: "Bookmarks" },
  { at: "notes", href: NOTES, icon: "note", name: "Notes" },
  { at: "todos", href: TODOS, icon: "check", name: "Todos" },
];

/** The way between the lists of the demo. */
export function PlaceNav({ current }: { current: Place["at"] }) {
  return (
    <nav aria-label="Lists" className="places">
      {PLACES.map(({ at, href, icon, name }) => (
        <a key={at} className="nav-item" href={href} aria-current={at === current ? "page" : undefined}>
          <Icon name={icon} />
          <span className="nav-name">{name}</span>
        </a>
      ))}
      {!IS_BESIDE && (
        <a className="nav-item" href={`${SIDE_BY_SIDE}=${current}`}>
          <Icon name="columns" />
          <span className="nav-name">Side by side</span>
        </a>
      )}
    </nav>
  );
}
