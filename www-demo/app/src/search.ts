import type { Row } from "./collection";
import type { Bookmark } from "./model";

const foldedText = new WeakMap<Bookmark, string>();

/** The bookmarks that contain every word of `query` in title or address, whatever the case and the accents. */
export function matching(bookmarks: readonly Row<Bookmark>[], query: string): readonly Row<Bookmark>[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return bookmarks;
  return bookmarks.filter(({ data }) => words.every((word) => textOf(data).includes(word)));
}

function textOf(bookmark: Bookmark): string {
  let text = foldedText.get(bookmark);
  if (text === undefined) {
    text = fold(`${bookmark.title}\n${bookmark.url}`);
    foldedText.set(bookmark, text);
  }
  return text;
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
}
