import { joinNote, leaveNote } from "./joining";
import { folderCreated, folderDeleted, folderUpdated, noteCreated, noteDeleted } from "./relays";
import type { Talk } from "./talk";
import { updateNote } from "./updates";

/** What a socket may say once it has authenticated, by the `type` of its frames. */
export const CONVERSATION = new Map<unknown, (talk: Talk) => void>([
  ["join_note", joinNote],
  ["leave_note", leaveNote],
  ["note_update", updateNote],
  ["note_created", noteCreated],
  ["note_deleted", noteDeleted],
  ["folder_created", folderCreated],
  ["folder_updated", folderUpdated],
  ["folder_deleted", folderDeleted],
]);
