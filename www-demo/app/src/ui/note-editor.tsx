import { useEffect, useId, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Folder, Note } from "sealwire/typelets";
import { dateAndTime } from "../format";
import { Draft } from "../notes/draft";
import { isOpen, nameOf, timeOf } from "../notes/words";
import { Icon } from "./icons";
import { useChange, useNotes, useNotesSession } from "./note-hooks";
import { NoteConflict } from "./note-conflict";
import { useKeptSelection } from "./kept-selection";

interface Props {
  note: Note;
  folders: readonly Folder[];
  /** Whether it was made just now, so that it begins in its title. */
  fresh: boolean;
  /** Goes back to the list; `null` where that is in view. */
  onBack: (() => void) | null;
  onDelete: () => void;
}

/** A note, to be read and written. Rendered anew for each. */
export function NoteEditor({ note, folders, fresh, onBack, onDelete }: Props) {
  const { id, folderId, starred } = note;
  const { manager } = useNotesSession();
  const change = useChange();
  const draft = useDraft(id);
  const typed = useSyncExternalStore(draft.subscribe, draft.getSnapshot);
  const conflict = useNotes("conflicts").get(note.key);
  const headingId = useId();
  const Heading = onBack ? "h1" : "h2";
  const section = useRef<HTMLElement>(null);
  const titleField = useRef<HTMLInputElement>(null);
  const contentField = useRef<HTMLTextAreaElement>(null);
  const title = typed.title ?? note.title ?? "";
  const content = typed.content ?? note.content ?? "";
  useKeptSelection(titleField, title);
  useKeptSelection(contentField, content);

  function remove() {
    // Before, so that what was typed comes back with the note.
    void draft.flush();
    onDelete();
  }

  // Once: a note that is opened takes the focus where it takes the place of the list.
  const start = useRef({ fresh, alone: onBack !== null });
  useEffect(() => {
    if (start.current.fresh) titleField.current?.focus();
    else if (start.current.alone) section.current?.focus();
  }, []);

  return (
    <section ref={section} className="note-editor" aria-labelledby={headingId} tabIndex={-1}>
      <Heading id={headingId} className="unseen">
        Note: {nameOf(note)}
      </Heading>
      <div className="note-tools">
        {onBack && (
          <button type="button" className="icon-button" aria-label="Back to the list" onClick={onBack}>
            <Icon name="back" />
          </button>
        )}
        <span className="note-folder">
          <Icon name="folder" />
          <select
            aria-label="Folder"
            value={folderId ?? ""}
            onChange={({ target }) => change(() => manager.updateNote(id, { folderId: target.value || null }))}
          >
            <option value="">No folder</option>
            {folders.map(({ key, id, name }) => (
              <option key={key} value={id}>
                {name}
              </option>
            ))}
          </select>
        </span>
        <button
          type="button"
          className="icon-button star"
          aria-label="Starred"
          aria-pressed={starred}
          title={starred ? "Take the star away" : "Star"}
          onClick={() => change(() => manager.updateNote(id, { starred: !starred }))}
        >
          <Icon name="star" />
        </button>
        <button type="button" className="icon-button" aria-label="Delete note" title="Delete" onClick={remove}>
          <Icon name="trash" />
        </button>
      </div>
      {conflict && <NoteConflict note={note} conflict={conflict} onDecide={() => draft.drop()} />}
      {isOpen(note) ? (
        <>
          <input
            ref={titleField}
            className="note-title"
            dir="auto"
            aria-label="Title"
            placeholder="Title"
            autoComplete="off"
            maxLength={500}
            value={title}
            onChange={(event) => draft.type("title", event.target.value)}
            onBlur={() => draft.flush()}
          />
          <textarea
            ref={contentField}
            className="note-content"
            dir="auto"
            aria-label="Content"
            placeholder="Write…"
            value={content}
            onChange={(event) => draft.type("content", event.target.value)}
            onBlur={() => draft.flush()}
          />
        </>
      ) : (
        <p className="note">
          This note does not open with your password: it was sealed under another one, or altered on the server. It is shown as soon as
          it opens.
        </p>
      )}
      <p className="quiet note-state">{savedInWords(note, Object.keys(typed).length > 0)}</p>
    </section>
  );
}

function savedInWords({ pending, updatedAt }: Note, unsaved: boolean): string {
  if (unsaved) return "Writing…";
  if (pending) return "Sealed and kept on this device; the server does not have it yet.";
  const changed = timeOf(updatedAt);
  return changed === null ? "On the server." : `On the server, sealed. Changed ${dateAndTime(changed)}.`;
}

/** What is typed into a note is saved when it is left, too, and when the page may go. */
function useDraft(id: string): Draft {
  const { manager, save } = useNotesSession();
  // A note's temporary id goes on leading to it.
  const [draft] = useState(() => new Draft((texts) => save(() => manager.updateNote(id, texts))));

  // Before the effects above it end, which close the manager.
  useLayoutEffect(() => () => void draft.flush(), [draft]);

  useEffect(() => {
    const flush = () => void draft.flush();
    document.addEventListener("visibilitychange", flush);
    window.addEventListener("pagehide", flush);
    return () => {
      document.removeEventListener("visibilitychange", flush);
      window.removeEventListener("pagehide", flush);
    };
  }, [draft]);

  return draft;
}
