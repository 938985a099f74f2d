import type { Conflict, Note } from "sealwire/typelets";
import { clashOf, type Texts } from "../notes/clash";
import { useNotesSession } from "./note-hooks";

interface Props {
  note: Note;
  conflict: Conflict;
  /** Which version stays is decided: what is typed meanwhile is of neither. */
  onDecide: () => void;
}

/** Both versions of a note that two devices have saved over each other, and the choice. */
export function NoteConflict({ note, conflict, onDecide }: Props) {
  const { manager, save, store } = useNotesSession();
  const clash = clashOf(note, conflict);
  if (!clash) return null;
  const { shown, shownIs, other } = clash;
  const here = shownIs === "ours";

  const keep = () => void store.decided(conflict);

  async function take() {
    onDecide();
    await save(() => manager.updateNote(note.id, other)).then(keep, () => undefined);
  }

  return (
    <section className="note-conflict" aria-labelledby="conflict-title">
      <h2 id="conflict-title">Two devices wrote at once</h2>
      <p className="quiet">The server keeps the last version alone. Choose; the other one is given up.</p>
      <div className="versions">
        <Version name={here ? "This device’s, shown now" : "The other device’s, shown now"} texts={shown} against={other} />
        <Version name={here ? "The other device’s" : "This device’s"} texts={other} against={shown} />
      </div>
      <p className="actions">
        <button type="button" className="button primary" onClick={take}>
          {here ? "Take the other device’s" : "Take this device’s"}
        </button>
        <button type="button" className="button" onClick={keep}>
          Keep what is shown
        </button>
      </p>
    </section>
  );
}

/** The title is named where it differs. */
function Version({ name, texts, against }: { name: string; texts: Texts; against: Texts }) {
  return (
    <figure className="version">
      <figcaption>{name}</figcaption>
      <div className="version-text" tabIndex={0} role="group" aria-label={name}>
        {texts.title !== undefined && texts.title !== against.title && (
          <p>
            <strong>
              <bdi>{texts.title || "Without title"}</bdi>
            </strong>
          </p>
        )}
        {texts.content !== undefined && <p dir="auto">{texts.content || "Without content"}</p>}
      </div>
    </figure>
  );
}
