import type { FolderRow } from "./folder-store";
import type { NoteRow } from "./note-store";

/** A note as REST and socket show it. `type` and `hiddenAt` belong to features that this server does not have. */
export function wireNote({ createdAt, updatedAt, ...note }: NoteRow, userId: string) {
  return { ...note, userId, type: "note", hiddenAt: null, createdAt: printDate(createdAt), updatedAt: printDate(updatedAt) };
}

export type WireNote = ReturnType<typeof wireNote>;

export function wireFolder({ createdAt, updatedAt, ...folder }: FolderRow, userId: string) {
  return { ...folder, userId, isDefault: false, createdAt: printDate(createdAt), updatedAt: printDate(updatedAt) };
}

export function printDate(ms: number): string {
  return new Date(ms).toISOString();
}
