/** The notes of a Typelets server, with one that is selected. */

import { useMemo, useState } from "react";
import type { NotesView, WebSocketOptions } from "../react.d.ts";
import type { Note, RealtimeSyncManager } from "../typelets.d.ts";
import { useEntity, useHeldList, useSelected, useSync } from "./hooks.ts";
import { NO_ROWS } from "./store.ts";
import { useWebSocket } from "./web-socket.ts";

export function useNotes(options?: WebSocketOptions): NotesView {
  const sync = useSync<RealtimeSyncManager>();
  const webSocket = useWebSocket(options);
  const notes = useSelected(useHeldList<Note>("note"), latestFirst, NO_ROWS);
  const [selectedId, select] = useState<string | null>(null);
  const selectedNote = useEntity<Note>("note", selectedId) ?? null;

  const { sendNoteCreated, sendNoteUpdate, sendNoteDeleted, joinNote, leaveNote } = webSocket;
  const calls = useMemo(
    () => ({
      selectNote(id: string | null) {
        select((former) => {
          if (former !== null && former !== id) leaveNote(former);
          return id;
        });
        if (id !== null) joinNote(id);
      },
      createNote: sendNoteCreated,
      updateNote: sendNoteUpdate,
      deleteNote: sendNoteDeleted,
    }) satisfies Partial<NotesView>,
    [sync],
  );
  return { notes, selectedNote, webSocket, ...calls };
}

/** What the server has not seen yet comes first. */
function latestFirst(notes: readonly Note[]): readonly Note[] {
  return [...notes].sort(({ updatedAt: one = "~" }, { updatedAt: other = "~" }) => (one < other ? 1 : one > other ? -1 : 0));
}
