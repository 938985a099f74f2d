// The words of Typelets: a row is a note or a folder, by its kind, a slash and its id.

import { RowsApp } from "../rows-app.js";

const NOTE_EVENTS = [
  "conflict", "note_sync", "note_created_sync", "note_deleted_sync", "folder_created_sync", "folder_updated_sync", "folder_deleted_sync",
];

/** What the app holds of an account. */
class NotesApp extends RowsApp {
  constructor(database) {
    super(database, { events: NOTE_EVENTS, entity: entityOf });
  }

  rowOf(key, row) {
    return { entityType: entityOf(key).entityType, ...row };
  }

  changesOf(revision, reset, rows, deleted) {
    return { revision, reset, rows, deleted };
  }
}

export function newNotesApp(database) {
  return new NotesApp(database);
}

function entityOf(key) {
  const at = key.indexOf("/");
  return { entityType: key.slice(0, at), entityId: key.slice(at + 1) };
}
