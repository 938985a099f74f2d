import type { ReactNode } from "react";
import type { Row } from "../collection";
import type { Bookmark } from "../model";
import { folderOf, type FolderNode, type Tree } from "../tree";
import { BookmarkRow, type RowActions } from "./bookmark-row";
import { FolderRow } from "./folder-row";
import { WindowedList } from "./windowed-list";

type Item = { folder: FolderNode } | { row: Row<Bookmark> };

interface Props {
  rows: readonly Row<Bookmark>[];
  /** Shown before the bookmarks. */
  folders: readonly FolderNode[];
  /** Where each bookmark lies, if the rows are to tell it. */
  tree: Tree | null;
  empty: ReactNode;
  actions: RowActions;
  onFolder: (folder: FolderNode) => void;
}

export function BookmarkList({ rows, folders, tree, empty, actions, onFolder }: Props) {
  const items: Item[] = [...folders.map((folder) => ({ folder })), ...rows.map((row) => ({ row }))];
  if (items.length === 0) return empty;
  return (
    <WindowedList items={items} label="Bookmarks" keyOf={(item) => ("row" in item ? item.row.id : item.folder.id)}>
      {(item) =>
        "row" in item ? (
          <BookmarkRow row={item.row} folder={tree && folderOf(item.row.data, tree.byId)} actions={actions} />
        ) : (
          <FolderRow folder={item.folder} onOpen={() => onFolder(item.folder)} />
        )
      }
    </WindowedList>
  );
}
