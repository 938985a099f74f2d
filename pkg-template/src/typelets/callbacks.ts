/** The callbacks that Typelets' own client has, and the events that they hear. */
export const CALLBACKS = {
  onNoteSync: "note_sync",
  onNoteCreatedSync: "note_created_sync",
  onNoteDeletedSync: "note_deleted_sync",
  onError: "error",
} as const;
