import { readBookmarkFile, type BookmarkFile } from "./netscape";

const NOT_BOOKMARKS =
  "This is not a bookmark export. In the browser's bookmark manager choose “Export bookmarks”, which saves an .html file.";
const MOST_BYTES = 64 * 2 ** 20;

export type ReadFile = { file: BookmarkFile } | { refused: string };

/** Reads a file that the user has chosen; says what is wrong with one that holds no bookmarks. */
export async function readFile(blob: Blob): Promise<ReadFile> {
  if (blob.size === 0) return { refused: "The file is empty." };
  if (blob.size > MOST_BYTES) return { refused: "The file is larger than 64 MB, which no bookmark export is." };
  let text: string;
  try {
    text = await blob.text();
  } catch {
    return { refused: "The browser could not read the file. It may have been moved or deleted: choose it again." };
  }
  const file = readBookmarkFile(text);
  return file ? { file } : { refused: NOT_BOOKMARKS };
}
