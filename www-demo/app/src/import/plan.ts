import { newId, type Bookmark, type Folder } from "../model";
import type { BookmarkFile } from "./netscape";

export type PlannedChange =
  | { entityType: "group"; entityId: string; data: Folder }
  | { entityType: "bookmark"; entityId: string; data: Bookmark };

/** The changes that add a file's content behind what is there, each folder before what is in it. */
export function planImport({ folders, bookmarks }: BookmarkFile, firstOrder: number): PlannedChange[] {
  const folderIds = folders.map(() => newId("group"));
  const idOf = (folder: number | null) => (folder === null ? null : (folderIds[folder] ?? null));
  return [
    ...folders.map(({ name, parent, order }, index): PlannedChange => ({
      entityType: "group",
      entityId: folderIds[index] ?? newId("group"),
      data: { name, parentId: idOf(parent), order: firstOrder + order },
    })),
    ...bookmarks.map(({ title, url, folder, addedAt, order }): PlannedChange => ({
      entityType: "bookmark",
      entityId: newId("bookmark"),
      data: { title, url, groupId: idOf(folder), addedAt, order: firstOrder + order },
    })),
  ];
}
