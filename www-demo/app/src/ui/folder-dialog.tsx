import { useState, type FormEvent } from "react";
import { addFolder, deleteFolder, editFolder } from "../edits";
import { counted } from "../format";
import { troubleText } from "../notices";
import { lastOrder, withDescendants, type FolderNode, type Tree } from "../tree";
import { Dialog } from "./dialog";
import { FolderField } from "./folder-field";
import { useSession, useShown } from "./hooks";
import { Trouble } from "./trouble";

interface Props {
  tree: Tree;
  /** The folder to edit; `null` for a new one. */
  folder: FolderNode | null;
  /** Where a new one goes, unless another folder is chosen. */
  parentId: string | null;
  onClose: () => void;
}

export function FolderDialog({ tree, folder, parentId: givenParent, onClose }: Props) {
  const { manager } = useSession();
  const folders = useShown("folders");
  const [name, setName] = useState(folder?.row.data.name ?? "");
  const [parentId, setParentId] = useState(folder ? (folder.parent?.id ?? null) : givenParent);
  const [deleting, setDeleting] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  async function closeAfter(work: Promise<unknown>) {
    try {
      await work;
      onClose();
    } catch (cause) {
      setTrouble(troubleText(cause));
    }
  }

  function save(event: FormEvent) {
    event.preventDefault();
    if (name.trim() === "") return setTrouble("A folder needs a name.");
    const changed = { name: name.trim(), parentId, order: folder ? folder.row.data.order : lastOrder(folders) + 1 };
    return closeAfter(folder ? editFolder(manager, folder.id, changed) : addFolder(manager, changed));
  }

  if (folder && deleting) {
    const inner = withDescendants(folder).length - 1;
    return (
      <Dialog title={`Delete “${folder.name}”?`} onClose={onClose}>
        <p>
          The folder is deleted on all devices with {counted(folder.total, "bookmark")}
          {inner > 0 && ` and ${counted(inner, "folder")}`} in it. This cannot be undone.
        </p>
        <Trouble>{trouble}</Trouble>
        <p className="actions">
          <button type="button" className="button danger" onClick={() => closeAfter(deleteFolder(manager, folder))}>
            Delete all of it
          </button>
          <button type="button" className="button" onClick={() => setDeleting(false)}>
            Keep it
          </button>
        </p>
      </Dialog>
    );
  }

  return (
    <Dialog title={folder ? "Edit folder" : "New folder"} onClose={onClose}>
      <form onSubmit={save} noValidate>
        <label className="field">
          Name
          <input dir="auto" autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <FolderField tree={tree} label="Lies in" {...(folder && { except: folder })} value={parentId} onChange={setParentId} />
        <Trouble>{trouble}</Trouble>
        <p className="actions">
          <button type="submit" className="button primary">
            Save
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          {folder && (
            <button type="button" className="button danger-text" onClick={() => setDeleting(true)}>
              Delete
            </button>
          )}
        </p>
      </form>
    </Dialog>
  );
}
