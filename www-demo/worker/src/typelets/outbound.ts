import type { WireNote } from "./wire";

/** What the server sends. */
export type Outbound =
  | { type: "connection_established"; message: string }
  | { type: "auth_success"; message: string; userId: string; sessionSecret: string }
  | { type: "auth_failed"; message: string; reason: "token-expired" | "auth-failed" }
  | { type: "pong"; timestamp: number }
  | { type: "error"; message: string }
  | { type: "note_joined"; noteId: string; message: string }
  | { type: "note_left"; noteId: string }
  | { type: "note_update_success"; noteId: string; updatedNote: WireNote; timestamp: number }
  | Relay;

/** What goes to the user's other sockets. */
export type Relay = { timestamp: number; fromUserId: string } & (
  | { type: "note_sync"; noteId: string; changes: object; updatedNote: WireNote }
  | { type: "note_created_sync"; noteData: unknown }
  | { type: "note_deleted_sync"; noteId: string }
  | { type: "folder_created_sync"; folderData: unknown }
  | { type: "folder_updated_sync"; folderId: string; changes: unknown; updatedFolder: unknown }
  | { type: "folder_deleted_sync"; folderId: string }
);

/** Typelets' errors name neither a code nor what they are about. */
export function errorFrame(message: string): Outbound {
  return { type: "error", message };
}
