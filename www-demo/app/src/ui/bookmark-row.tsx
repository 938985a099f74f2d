import { linkTarget, nameOf, shownAddress } from "../address";
import type { Row } from "../collection";
import type { Bookmark } from "../model";
import { TEST_ID } from "../test-hooks";
import type { FolderNode } from "../tree";
import { BookmarkTitle } from "./bookmark-title";
import { useRefused } from "./hooks";
import { Icon } from "./icons";
import { ItemMark, markOf } from "./item-mark";

export interface RowActions {
  onOpen: (row: Row<Bookmark>) => void;
  onEdit: (row: Row<Bookmark>) => void;
  onDelete: (row: Row<Bookmark>) => void;
}

interface Props {
  row: Row<Bookmark>;
  /** Where it lies, if the row is to tell it. */
  folder: FolderNode | null;
  actions: RowActions;
}

export function BookmarkRow({ row, folder, actions }: Props) {
  const name = nameOf(row.data);
  const mark = markOf(row.pending, useRefused(row.id));
  return (
    <div className="row-content" data-testid={TEST_ID.bookmarkRow} data-pending={row.pending} data-mark={mark}>
      <div className="row-text">
        <BookmarkTitle bookmark={row.data} onOpen={() => actions.onOpen(row)} />
        <span className="row-address">
          {linkTarget(row.data.url) === null && <span className="tag">not opened here</span>}
          {folder && (
            <span className="row-folder">
              <bdi>{folder.name}</bdi>
            </span>
          )}
          <bdi>{shownAddress(row.data.url)}</bdi>
        </span>
      </div>
      <ItemMark mark={mark} />
      <div className="row-actions">
        <button type="button" className="icon-button" aria-label={`Edit ${name}`} onClick={() => actions.onEdit(row)}>
          <Icon name="edit" />
        </button>
        <button
          type="button"
          className="icon-button wide-only"
          aria-label={`Delete ${name}`}
          onClick={() => actions.onDelete(row)}
        >
          <Icon name="trash" />
        </button>
      </div>
    </div>
  );
}
