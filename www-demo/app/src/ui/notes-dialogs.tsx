import { useState, type FormEvent } from "react";
import type { Folder } from "sealwire/typelets";
import { counted } from "../format";
import { troubleText } from "../notices";
import { Dialog } from "./dialog";
import { useNotes, useNotesSession } from "./note-hooks";
import { Trouble } from "./trouble";

/** Makes a folder, or names one anew and deletes it. */
export function NoteFolderDialog({ folder, onClose }: { folder: Folder | null; onClose: () => void }) {
  const { manager, save } = useNotesSession();
  const inside = useNotes("notes").filter(({ folderId }) => folder && folderId === folder.id).length;
  const [name, setName] = useState(folder?.name ?? "");
  const [trouble, setTrouble] = useState<string | null>(null);

  async function closeAfter(change: () => Promise<unknown>) {
    try {
      await save(change);
      onClose();
    } catch (cause) {
      setTrouble(troubleText(cause));
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const typed = name.trim();
    if (typed === "") return setTrouble("A folder needs a name.");
    return closeAfter(() => (folder ? manager.updateFolder(folder.id, { name: typed }) : manager.createFolder({ name: typed })));
  }

  function remove() {
    if (!folder) return;
    if (inside > 0) return setTrouble(`${counted(inside, "note")} in it: move or delete them first. Servers refuse to delete a folder that is not empty.`);
    void closeAfter(() => manager.deleteFolder(folder.id));
  }

  return (
    <Dialog title={folder ? "Edit folder" : "New folder"} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <label className="field">
          Name
          <input dir="auto" autoComplete="off" maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <p className="quiet">The server can read what a folder is called, unlike the notes in it.</p>
        <Trouble>{trouble}</Trouble>
        <p className="actions">
          <button type="submit" className="button primary">
            Save
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          {folder && (
            <button type="button" className="button danger-text" onClick={remove}>
              Delete
            </button>
          )}
        </p>
      </form>
    </Dialog>
  );
}

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="About the password" onClose={onClose}>
      <p>
        The key of your notes is made of the master password in this page (PBKDF2-SHA256, 250,000 rounds). Title and content are sealed
        under it (AES-256-GCM) before they are stored or sent. Neither password nor key is sent or kept: each start of the page asks
        again, and so does each device.
      </p>
      <p>
        Whoever has the server can try passwords on what it holds, one after the other. A long one, of words drawn by chance, is what
        that founders on. Nobody can reset it.
      </p>
      <p>
        The format is that of the notes’ service, Typelets. It hides titles and contents and proves that they were sealed under the
        password. It does not prove where they belong: a server could show an old version again, or the text of one note in another.
        The bookmarks’ format does not let that pass.
      </p>
      <p className="actions">
        <button type="button" className="button primary" onClick={onClose}>
          Close
        </button>
      </p>
    </Dialog>
  );
}
