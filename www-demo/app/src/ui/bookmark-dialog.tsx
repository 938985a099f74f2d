import { useId, useState, type FormEvent } from "react";
import { typedAddress } from "../address";
import type { Row } from "../collection";
import { addBookmark, editBookmark } from "../edits";
import type { Bookmark } from "../model";
import { troubleText } from "../notices";
import { lastOrder, type Tree } from "../tree";
import { Dialog } from "./dialog";
import { FolderField } from "./folder-field";
import { useSession, useShown } from "./hooks";
import { Trouble } from "./trouble";

interface Props {
  tree: Tree;
  /** The bookmark to edit; `null` for a new one. */
  row: Row<Bookmark> | null;
  /** Where a new one goes, unless another folder is chosen. */
  folderId: string | null;
  onDelete: (row: Row<Bookmark>) => void;
  onClose: () => void;
}

export function BookmarkDialog({ tree, row, folderId, onDelete, onClose }: Props) {
  const { manager } = useSession();
  const bookmarks = useShown("bookmarks");
  const [title, setTitle] = useState(row?.data.title ?? "");
  const [address, setAddress] = useState(row?.data.url ?? "");
  const [groupId, setGroupId] = useState(row ? row.data.groupId : folderId);
  const [trouble, setTrouble] = useState<string | null>(null);
  const troubleId = useId();

  async function save(event: FormEvent) {
    event.preventDefault();
    // What an import brought is left as it is, even where it could not be typed.
    const url = address === row?.data.url ? address : typedAddress(address);
    if (url === null) return setTrouble("This is not an address. One looks like https://example.com/page.");
    try {
      if (row) {
        await editBookmark(manager, row.id, { ...row.data, title: title.trim(), url, groupId });
      } else {
        const order = lastOrder(bookmarks) + 1;
        await addBookmark(manager, { title: title.trim(), url, groupId, addedAt: Date.now(), order });
      }
      onClose();
    } catch (cause) {
      setTrouble(troubleText(cause));
    }
  }

  return (
    <Dialog title={row ? "Edit bookmark" : "Add bookmark"} onClose={onClose}>
      <form onSubmit={save} noValidate>
        <label className="field">
          Address
          <input
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            value={address}
            aria-invalid={trouble !== null}
            aria-describedby={trouble ? troubleId : undefined}
            onChange={(event) => setAddress(event.target.value)}
          />
        </label>
        <label className="field">
          Title
          <input dir="auto" autoComplete="off" value={title} onChange={(event) => setTitle(event.target.value)} />
        </label>
        <FolderField tree={tree} label="Folder" value={groupId} onChange={setGroupId} />
        <Trouble id={troubleId}>{trouble}</Trouble>
        <p className="actions">
          <button type="submit" className="button primary">
            Save
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          {row && (
            <button type="button" className="button danger-text" onClick={() => onDelete(row)}>
              Delete
            </button>
          )}
        </p>
      </form>
    </Dialog>
  );
}
