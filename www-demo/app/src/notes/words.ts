import type { Note } from "sealwire/typelets";

const EXCERPT_CHARACTERS = 120;

/** Whether a note opens with this password. */
export function isOpen({ title, content, unreadable }: Pick<Note, "title" | "content" | "unreadable">): boolean {
  return !unreadable && (title ?? content) !== undefined;
}

/** What a note is called in the list. */
export function nameOf(note: Pick<Note, "title" | "content" | "unreadable">): string {
  if (!isOpen(note)) return "Note that does not open";
  const { title, content } = note;
  return title?.trim() || firstLine(content) || "Empty note";
}

/** The beginning of its content, in one line. */
export function excerptOf(note: Note): string {
  if (!isOpen(note)) return "Sealed under another password, or altered";
  const { title, content } = note;
  // Without a title the first line is the name.
  const text = title?.trim() ? (content ?? "") : (content ?? "").trimStart().split("\n").slice(1).join(" ");
  return text.replaceAll(/\s+/g, " ").trim().slice(0, EXCERPT_CHARACTERS);
}

function firstLine(text = ""): string {
  return (text.trimStart().split("\n")[0] ?? "").trim().slice(0, EXCERPT_CHARACTERS);
}

/** The time of an ISO date in milliseconds, `null` where there is none yet. */
export function timeOf(date: string | undefined): number | null {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? null : time;
}
