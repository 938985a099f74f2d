import { readId, readNoteId, type Talk } from "./talk";

/** `join_note {noteId}`. */
export function joinNote(talk: Talk): void {
  const noteId = readNoteId(talk);
  if (noteId === undefined) return;
  talk.sockets.join(talk.peer, noteId);
  talk.answer({ type: "note_joined", noteId, message: "Successfully joined note for real-time sync" });
}

/** `leave_note {noteId}`. Leaving what was not joined is answered in the same way. */
export function leaveNote(talk: Talk): void {
  const noteId = readId(talk, "noteId");
  if (noteId === undefined) return;
  talk.sockets.leave(talk.peer, noteId);
  talk.answer({ type: "note_left", noteId });
}
