import { isObject } from "../json";
import { readId, readNoteId, refuse, type Talk } from "./talk";

/*
 * What a client tells the user's other sockets, after a write over REST. Nothing of it is stored, and only what is wrong is answered.
 */

/** `note_created {noteId, noteData}`. The id is asked for and not sent on: `noteData` has it. */
export function noteCreated(talk: Talk): void {
  if (readId(talk, "noteId") === undefined) return;
  const noteData = readOwned(talk, "noteData");
  if (noteData) talk.relay({ type: "note_created_sync", noteData, ...sender(talk) });
}

/** `note_deleted {noteId}`. A note in the trash is still one of the user's. */
export function noteDeleted(talk: Talk): void {
  const noteId = readNoteId(talk);
  if (noteId !== undefined) talk.relay({ type: "note_deleted_sync", noteId, ...sender(talk) });
}

/** `folder_created {folderId, folderData}`. */
export function folderCreated(talk: Talk): void {
  if (readId(talk, "folderId") === undefined) return;
  const folderData = readOwned(talk, "folderData");
  if (folderData) talk.relay({ type: "folder_created_sync", folderData, ...sender(talk) });
}

/** `folder_updated {folderId, changes, updatedFolder?}`. */
export function folderUpdated(talk: Talk): void {
  const folderId = readFolderId(talk);
  const { changes, updatedFolder } = talk.frame;
  if (folderId !== undefined) talk.relay({ type: "folder_updated_sync", folderId, changes, updatedFolder, ...sender(talk) });
}

/** `folder_deleted {folderId}`. It has to come before the folder is deleted over REST, because no folder stays in a trash. */
export function folderDeleted(talk: Talk): void {
  const folderId = readFolderId(talk);
  if (folderId !== undefined) talk.relay({ type: "folder_deleted_sync", folderId, ...sender(talk) });
}

function sender({ peer }: Talk) {
  return { timestamp: Date.now(), fromUserId: peer.userId };
}

/** A row that says it is the user's; else an error has been sent. */
function readOwned(talk: Talk, field: "noteData" | "folderData"): object | undefined {
  const row = talk.frame[field];
  if (!isObject(row)) refuse(talk, `Missing ${field}`);
  else if (row.userId !== talk.peer.userId) refuse(talk, `Access denied: \`${field}.userId\` is another user`);
  else return row;
  return undefined;
}

function readFolderId(talk: Talk): string | undefined {
  const id = readId(talk, "folderId");
  if (id === undefined || talk.folders.find(id)) return id;
  refuse(talk, "Folder not found or access denied");
  return undefined;
}
