/** What travels between a page and a server of Typelets; PROTOCOL.md has when each is sent. */

import type { Note } from "./typelets.d.ts";

/** A note that this socket has joined was changed by another device. */
export interface NoteSync {
  type: "note_sync";
  /** The note, by the server's id. */
  noteId: string;
  /** What the other device sent, less what is sealed. */
  changes: Record<string, unknown>;
  /** The note as it is shown now, opened; `undefined` where it is not shown. On the wire: the row. */
  updatedNote?: Note | undefined;
  /** The server's time, in milliseconds since 1970. */
  timestamp?: number;
  /** Whose device it was. */
  fromUserId?: string;
}

/** Another device says that it made a note. What it says of it, nobody has checked: the note is read, and told by `change`. */
export interface NoteCreatedSync {
  type: "note_created_sync";
  /** The note, by the server's id. */
  noteId?: string;
  /** The row as the other device has sent it. */
  noteData?: Record<string, unknown>;
  /** The server's time, in milliseconds since 1970. */
  timestamp?: number;
  /** Whose device it was. */
  fromUserId?: string;
}

/** Another device says that it deleted a note. */
export interface NoteDeletedSync {
  type: "note_deleted_sync";
  /** The note, by the server's id. */
  noteId: string;
  /** The server's time, in milliseconds since 1970. */
  timestamp?: number;
  /** Whose device it was. */
  fromUserId?: string;
}

/** Another device says that it made, changed or is about to delete a folder. */
export interface FolderSync {
  /** What happened to it. */
  type: "folder_created_sync" | "folder_updated_sync" | "folder_deleted_sync";
  /** The folder, by the server's id. */
  folderId?: string;
  [field: string]: unknown;
}

/** From the page to the server, unless signed. */
export type TypeletsInbound =
  | { type: "auth"; token: string }
  | { type: "ping" }
  | { type: "join_note" | "leave_note"; noteId: string }
  | { type: "note_update"; noteId: string; changes: Record<string, unknown> }
  | { type: "note_created"; noteId: string; noteData: Record<string, unknown> }
  | { type: "note_deleted"; noteId: string }
  | { type: "folder_created"; folderId: string; folderData: Record<string, unknown> }
  | { type: "folder_updated"; folderId: string; changes: Record<string, unknown>; updatedFolder: Record<string, unknown> }
  | { type: "folder_deleted"; folderId: string };

/** The same, signed: HMAC-SHA256 of `{payload, timestamp, nonce}` as JSON, under the session's secret. */
export interface TypeletsSigned {
  /** The frame. */
  payload: TypeletsInbound;
  /** Base64. */
  signature: string;
  /** By the server's clock, in milliseconds since 1970. */
  timestamp: number;
  /** Base64 of 16 bytes. */
  nonce: string;
}

/** From the server to the page. */
export type TypeletsOutbound =
  | { type: "connection_established"; message: string }
  | { type: "auth_success"; message: string; userId: string; sessionSecret?: string }
  | { type: "auth_failed"; message: string; reason?: "token-expired" | "auth-failed" }
  | { type: "note_joined" | "note_left"; noteId: string; message?: string }
  | { type: "note_update_success"; noteId: string; updatedNote: Record<string, unknown>; timestamp: number }
  | { type: "pong"; timestamp?: number }
  | { type: "error"; message: string }
  | (Omit<NoteSync, "updatedNote"> & { updatedNote: Record<string, unknown> })
  | NoteCreatedSync
  | NoteDeletedSync
  | FolderSync;
