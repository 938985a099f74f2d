import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import type { Note } from "sealwire/typelets";
import { size } from "../format";
import type { HeldNote } from "../notes/server";
import { troubleText } from "../notices";
import { TEST_ID } from "../test-hooks";
import { useNotesSession } from "./note-hooks";
import { PanelHeader } from "./panel-header";
import { Trouble } from "./trouble";

const QUIET_MS = 300;
const SHOWN_CHARACTERS = 240;

/** The open note as it is here, and its row as the server has it: read from it, and not decrypted. */
export function HeldNotePanel({ note, onClose }: { note: Note | null; onClose: () => void }) {
  return (
    <section className="server-panel" aria-labelledby="held-note-title" data-testid={TEST_ID.serverPanel}>
      <PanelHeader id="held-note-title" title="What the server holds" close="Close the server panel" onClose={onClose} />
      <p>
        The server sees ids, times, lengths and marks of a note, in which folder it lies, and what the folders are called. It does not see
        titles and contents.
      </p>
      {note ? <HeldRow key={note.key} note={note} /> : <p className="quiet">Open a note, and its row appears here.</p>}
    </section>
  );
}

function HeldRow({ note }: { note: Note }) {
  const { held, reading, trouble, read } = useHeldNote(note);
  return (
    <>
      <p className="panel-sum">
        <strong>The row of this note</strong>
        <button type="button" className="link-button" disabled={reading} onClick={read}>
          {reading ? "Reading…" : "Read again"}
        </button>
      </p>
      <Trouble>{trouble}</Trouble>
      {held === null && !trouble && (
        <p className="quiet">The server does not have this note yet. It appears here as soon as it is sent.</p>
      )}
      {held && (
        <div data-testid={TEST_ID.heldNote}>
          <Sealed name="Title" plain={note.title} sealed={held.encryptedTitle} />
          <Sealed name="Content" plain={note.content} sealed={held.encryptedContent} />
          <dl className="held-fields" aria-label="Not sealed">
            {Object.entries(openFields(held)).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <code>{value}</code>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </>
  );
}

function Sealed({ name, plain, sealed }: { name: string; plain: string | undefined; sealed: string }) {
  return (
    <div className="held-sealed">
      <h3>{name}</h3>
      <dl>
        <Side name="Here">
          <bdi>{plain === undefined ? "does not open" : cut(plain) || "empty"}</bdi>
        </Side>
        <Side name="Server">
          <code>{cut(sealed)}</code> <span className="quiet">{size(bytesOf(sealed))}</span>
        </Side>
      </dl>
    </div>
  );
}

function Side({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What of a row is not sealed, in the server's words. */
function openFields(held: HeldNote): Record<string, string> {
  const { iv, salt, title, content, starred, archived, hidden, deleted, folderId, createdAt, updatedAt, id } = held;
  const fields = { iv, salt, title, content, starred, archived, hidden, deleted, folderId, createdAt, updatedAt, id };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

const cut = (text: string) => (text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);

/** Of what base64 stands for. */
const bytesOf = (base64: string) => Math.floor((base64.replace(/=*$/, "").length * 3) / 4);

/** Reads the row of a note that has one: at first, and again when the note has changed here, or waits no more, and then is quiet. `undefined` until it was read. */
function useHeldNote(note: Note) {
  const { tokens } = useNotesSession();
  const [held, setHeld] = useState<HeldNote | null | undefined>(undefined);
  const [reading, setReading] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const turn = useRef(0);
  const { id } = note;
  const exists = note.updatedAt !== undefined;

  const read = useCallback(async () => {
    const mine = ++turn.current;
    if (!exists) return setHeld(null);
    setReading(true);
    setTrouble(null);
    try {
      const row = await tokens.held(id);
      if (mine === turn.current) setHeld(row);
    } catch (cause) {
      if (mine === turn.current) setTrouble(troubleText(cause));
    } finally {
      if (mine === turn.current) setReading(false);
    }
  }, [tokens, id, exists]);

  const { pending, updatedAt, starred, folderId } = note;
  useEffect(() => {
    const timer = setTimeout(read, turn.current === 0 ? 0 : QUIET_MS);
    return () => clearTimeout(timer);
  }, [read, pending, updatedAt, starred, folderId]);

  return { held, reading, trouble, read };
}
