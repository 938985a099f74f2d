import { isObject } from "../json";
import { HttpError } from "../http";
import { readChanges } from "./changes";
import type { Patch } from "./note-store";
import { readNoteId, refuse, type Talk } from "./talk";
import { printDate, wireNote } from "./wire";

/** `note_update {noteId, changes}`. Without any change it is not answered at all. */
export function updateNote(talk: Talk): void {
  const noteId = readNoteId(talk);
  const { changes } = talk.frame;
  if (noteId === undefined || changes == null || (isObject(changes) && Object.keys(changes).length === 0)) return;

  const patch = readPatch(talk, changes);
  if (!patch) return refuse(talk, "Failed to update note");
  if (Object.keys(patch).length === 0) return refuse(talk, "No valid fields to update");
  if (talk.faults.takes("scrambleUpdates")) talk.pipeline.add(noteId, () => carryOut(talk, noteId, patch));
  else carryOut(talk, noteId, patch);
}

function readPatch({ faults, folders }: Talk, changes: unknown): Patch | undefined {
  try {
    const patch = isObject(changes) ? readChanges(changes, faults.current().plain) : {};
    return patch.folderId && !folders.find(patch.folderId) ? undefined : patch;
  } catch (fault) {
    if (fault instanceof HttpError) return undefined;
    throw fault;
  }
}

/** Stores the change, tells the others and then the sender, as Typelets does. Nothing is awaited in between. */
function carryOut(talk: Talk, noteId: string, patch: Patch): void {
  const { notes, peer, faults } = talk;
  if (faults.takes("cutBefore")) return talk.close();
  // It may have gone while it waited in the pipeline.
  if (!notes.find(noteId)) return refuse(talk, "Note not found or access denied");

  const now = Date.now();
  const updatedNote = wireNote(notes.change(noteId, patch, now), peer.userId);
  const changes = { ...patch, updatedAt: printDate(now) };
  const joined = faults.current().syncAll ? undefined : noteId;
  talk.relay({ type: "note_sync", noteId, changes, updatedNote, timestamp: now, fromUserId: peer.userId }, joined);

  if (faults.takes("cutAfter")) return talk.close();
  if (faults.takes("dropSuccess")) return;
  const succeed = () => talk.answer({ type: "note_update_success", noteId, updatedNote, timestamp: Date.now() });
  if (faults.takes("delaySuccess")) setTimeout(succeed, faults.current().successAfterMs);
  else succeed();
}
