import { Icon, type IconName } from "./icons";

/** What the server has said to an item's last change: nothing yet, yes, or no for good. */
export type Mark = "pending" | "confirmed" | "refused";

export const markOf = (pending: boolean, refused: boolean): Mark => (refused ? "refused" : pending ? "pending" : "confirmed");

const MARKS: Record<Mark, { icon: IconName; word: string; title: string }> = {
  pending: { icon: "clock", word: "Waiting", title: "On this device; the server does not have it yet" },
  confirmed: { icon: "done", word: "Synced", title: "The server has confirmed it" },
  refused: { icon: "warning", word: "Refused", title: "The server has refused a change of it; what to do is said above" },
};

/** The same on bookmarks, folders, notes and todos. Each has a shape and a word, for it is not told by colour alone. */
export function ItemMark({ mark }: { mark: Mark }) {
  const { icon, word, title } = MARKS[mark];
  return (
    <span className="mark" data-mark={mark} title={title}>
      <Icon name={icon} />
      <span className="mark-word">{word}</span>
    </span>
  );
}
