import { useRef, useState, type FormEvent } from "react";
import type { TodoNode } from "sealwire/glint";
import { counted } from "../format";
import { troubleText } from "../notices";
import { tally } from "../todos/order";
import { listLink } from "../place";
import { makeSet } from "../todos/server";
import { showSet } from "../todos/session";
import { CopyButton } from "./copy-button";
import { Dialog } from "./dialog";
import { useTodoSession } from "./todo-hooks";
import { Trouble } from "./trouble";

export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { team } = useTodoSession();
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog title="Share this list" onClose={onClose}>
      <p>Whoever has this link is a member: it opens all sets of the list, to read and to change. It cannot be taken back.</p>
      <div className="device-link">
        <input
          ref={field}
          readOnly
          value={listLink(team)}
          aria-label="Link to this list"
          onFocus={(event) => event.target.select()}
        />
        <CopyButton label="Copy the link" text={listLink(team)} select={() => field.current?.select()} primary />
      </div>
    </Dialog>
  );
}

export function NewSetDialog({ onClose }: { onClose: () => void }) {
  const session = useTodoSession();
  const [name, setName] = useState("");
  const [working, setWorking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  async function save(event: FormEvent) {
    event.preventDefault();
    if (name.trim() === "") return setTrouble("A set needs a name.");
    setWorking(true);
    try {
      const { id } = await makeSet(session.team, name.trim());
      await showSet(session, id);
      onClose();
      await session.store.loadSets();
    } catch (cause) {
      setTrouble(troubleText(cause));
      setWorking(false);
    }
  }

  return (
    <Dialog title="New set" onClose={onClose}>
      <form onSubmit={save} noValidate>
        <label className="field">
          Name
          <input dir="auto" autoComplete="off" maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <p className="quiet">A set is made by the server, so that this needs a connection.</p>
        <Trouble>{trouble}</Trouble>
        <p className="actions">
          <button type="submit" className="button primary" disabled={working}>
            Save
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </p>
      </form>
    </Dialog>
  );
}

/** Asked where others go with it. */
export function DeleteTodoDialog({ todo, onDelete, onClose }: { todo: TodoNode; onDelete: () => void; onClose: () => void }) {
  return (
    <Dialog title={`Delete “${todo.title}”?`} onClose={onClose}>
      <p>It is deleted for everybody, with {counted(tally(todo.children).all, "todo")} below it. This cannot be undone.</p>
      <p className="actions">
        <button type="button" className="button danger" onClick={onDelete}>
          Delete all of it
        </button>
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
      </p>
    </Dialog>
  );
}
