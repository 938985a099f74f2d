import type { RealtimeSyncManager, Receipt } from "sealwire";
import type { Row } from "./collection";
import { newId, type Bookmark, type Folder, type Opened } from "./model";
import { withDescendants, type FolderNode } from "./tree";

/** How many changes are handed over at once: enough for the engine to store them in one transaction. */
export const CHUNK = 200;

// Each resolves when the change is on this device's disk; the server has it later.

export function addBookmark(manager: RealtimeSyncManager, bookmark: Bookmark): Promise<Receipt> {
  return manager.pushChange("bookmark", newId("bookmark"), "create", bookmark);
}

export function editBookmark(manager: RealtimeSyncManager, id: string, bookmark: Bookmark): Promise<Receipt> {
  return manager.pushChange("bookmark", id, "update", bookmark);
}

export function deleteBookmark(manager: RealtimeSyncManager, id: string): Promise<Receipt> {
  return manager.pushChange("bookmark", id, "delete");
}

/** Undoes a deletion: the same id again, so that what refers to the bookmark finds it. */
export function restoreBookmark(manager: RealtimeSyncManager, { id, data }: Row<Bookmark>): Promise<Receipt> {
  return manager.pushChange("bookmark", id, "create", data);
}

export function addFolder(manager: RealtimeSyncManager, folder: Folder): Promise<Receipt> {
  return manager.pushChange("group", newId("group"), "create", folder);
}

export function editFolder(manager: RealtimeSyncManager, id: string, folder: Folder): Promise<Receipt> {
  return manager.pushChange("group", id, "update", folder);
}

/** Deletes a folder with all that is in it: the bookmarks first, so that an interruption leaves none without its folder. */
export async function deleteFolder(manager: RealtimeSyncManager, folder: FolderNode): Promise<void> {
  const folders = withDescendants(folder);
  const bookmarks = folders.flatMap((inner) => inner.bookmarks);
  for (let start = 0; start < bookmarks.length; start += CHUNK) {
    await Promise.all(bookmarks.slice(start, start + CHUNK).map(({ id }) => deleteBookmark(manager, id)));
  }
  for (const { id } of folders.reverse()) await manager.pushChange("group", id, "delete");
}

/**
 * Remembers that a bookmark was opened. One entry a bookmark, so that the history does not grow with use; `again` says
 * that the entry exists.
 */
export function recordVisit(
  manager: RealtimeSyncManager,
  bookmarkId: string,
  { title, url }: Opened,
  again: boolean,
): Promise<Receipt> {
  const visit = { bookmarkId, title, url, openedAt: Date.now() };
  return manager.pushChange("history", `visit_${bookmarkId}`, again ? "update" : "create", visit);
}
