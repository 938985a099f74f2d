import type { Conflict, Note } from "sealwire/typelets";

/** Title and content, as far as they are known. */
export type Texts = Partial<Record<"title" | "content", string>>;

/** What is shown now of a note that two devices have saved over each other, and the version that is not. */
export interface Clash {
  shown: Texts;
  shownIs: "ours" | "theirs";
  other: Texts;
}

/** `null` where nothing is lost: what is shown has all that both have written, as where the one has added to what the other wrote. */
export function clashOf(note: Note, { ours, theirs }: Conflict): Clash | null {
  const shown: Texts = { title: note.title ?? "", content: note.content ?? "" };
  const [hasOurs, hasTheirs] = [holds(shown, ours), holds(shown, theirs)];
  if (hasOurs && hasTheirs) return null;
  return hasTheirs ? { shown, shownIs: "theirs", other: ours } : { shown, shownIs: "ours", other: theirs };
}

function holds(shown: Texts, version: Texts): boolean {
  const sameTitle = version.title === undefined || version.title === shown.title;
  return sameTitle && (version.content === undefined || (shown.content ?? "").includes(version.content));
}
