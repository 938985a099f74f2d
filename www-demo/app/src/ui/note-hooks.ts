import { createContext, use, useEffect, useSyncExternalStore } from "react";
import type { Note } from "sealwire/typelets";
import type { NotesSession } from "../notes/session";
import type { Shown } from "../notes/store";

export const NotesSessionContext = createContext<NotesSession | null>(null);

/** The account whose notes are open. */
export function useNotesSession(): NotesSession {
  const session = use(NotesSessionContext);
  if (!session) throw new Error("useNotesSession needs a NotesSessionContext above it.");
  return session;
}

export function useNotes<Part extends keyof Shown>(part: Part): Shown[Part] {
  const { store } = useNotesSession();
  return useSyncExternalStore(store.subscribe, () => store.getSnapshot()[part]);
}

/** Makes a change; that it could not be stored is told. */
export function useChange(): (change: () => Promise<unknown>) => void {
  const { save } = useNotesSession();
  return (change) => void save(change).catch(() => undefined);
}

/** Of how many notes of the list news is wanted at once, and of how many in all: also of one that was deleted, which may come back. */
const LISTENED = 50;
const MOST_LISTENED = 90;

/** Hears at once of the open note and of those that were changed last; other news comes once a minute. */
export function useNews(notes: readonly Note[], open: Note | null): void {
  const { manager } = useNotesSession();

  useEffect(() => {
    const wanted = new Set(notes.slice(0, LISTENED).map(({ key }) => key));
    if (open) wanted.add(open.key);
    for (const key of wanted) if (!manager.joinedNotes.includes(key)) manager.joinNote(key);
    const spare = manager.joinedNotes.filter((key) => !wanted.has(key));
    for (const key of spare.slice(0, Math.max(0, manager.joinedNotes.length - MOST_LISTENED))) manager.leaveNote(key);
  }, [manager, notes, open]);
}
