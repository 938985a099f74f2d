import type { FaultSwitch } from "./fault-switch";
import type { FolderStore } from "./folder-store";
import type { Frame } from "./inbound";
import type { NoteStore } from "./note-store";
import { errorFrame, type Outbound, type Relay } from "./outbound";
import type { Peer } from "./peer";
import type { SocketStore } from "./socket-store";
import type { Pipeline } from "./pipeline";

/** A frame of a socket that has authenticated, and what it is answered from. */
export interface Talk {
  frame: Frame;
  peer: Peer;
  notes: NoteStore;
  folders: FolderStore;
  sockets: SocketStore;
  pipeline: Pipeline;
  faults: FaultSwitch;
  /** To the socket itself. */
  answer: (frame: Outbound) => void;
  /** To the user's other sockets, or to those that have joined the note. */
  relay: (frame: Relay, joined?: string) => void;
  close: () => void;
}

export function refuse(talk: Talk, message: string): void {
  talk.answer(errorFrame(message));
}

/** The id in `field`; without one an error has been sent. */
export function readId(talk: Talk, field: "noteId" | "folderId"): string | undefined {
  const id = talk.frame[field];
  if (typeof id === "string" && id !== "") return id;
  refuse(talk, `Missing ${field}`);
  return undefined;
}

/** The id in `noteId` if the user has such a note; else an error has been sent, the same for one of somebody else's. */
export function readNoteId(talk: Talk): string | undefined {
  const id = readId(talk, "noteId");
  if (id === undefined || talk.notes.find(id)) return id;
  refuse(talk, "Note not found or access denied");
  return undefined;
}
