import type { Conflict, Folder, Note, RealtimeSyncManager, Rejected, Status } from "sealwire/typelets";
import { beforeNextFrame } from "../frame";
import { clashOf } from "./clash";
import { isOpen, nameOf } from "./words";

/** What the page shows of an account's notes. */
export interface Shown {
  /** The last changed first. */
  readonly notes: readonly Note[];
  readonly folders: readonly Folder[];
  readonly refused: readonly Rejected[];
  /** By the note's key: what two devices have saved over each other, until that is decided. In this page only, for it is not sealed. */
  readonly conflicts: ReadonlyMap<string, Conflict>;
  readonly status: Status;
  /** Nothing of the account opens with this password. */
  readonly wrongPassword: boolean;
}

/** Mirrors notes and folders for React; reads them anew at most once a frame. */
export class NoteStore {
  readonly #manager: RealtimeSyncManager;
  readonly #listeners = new Set<() => void>();
  readonly #onFailure: (cause: unknown) => void;
  /** By the id that the event had. */
  readonly #conflicts = new Map<string, Conflict>();
  /** Also of notes that are gone: what was refused may be of one of them. */
  readonly #names = new Map<string, string>();
  #shown: Shown;
  #isMismatch = false;
  #hasOpened = false;
  #announced = false;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(manager: RealtimeSyncManager, onFailure: (cause: unknown) => void) {
    this.#manager = manager;
    this.#onFailure = onFailure;
    this.#shown = { notes: [], folders: [], refused: [], conflicts: new Map(), status: manager.status, wrongPassword: false };
    // The marks of what waits change with the status.
    for (const event of ["change", "ready", "rejected", "status"] as const) manager.on(event, () => this.#announce());
    manager.on("conflict", (conflict) => {
      this.#conflicts.set(conflict.entityId, conflict);
      this.#announce();
    });
    manager.on("error", ({ code }) => {
      if (code !== "key_mismatch") return;
      this.#isMismatch = true;
      this.#announce();
    });
  }

  /** Reads all of it anew, after what is being read. */
  load(): Promise<void> {
    const loaded = this.#reading.then(async () => {
      if (this.#closed) return;
      const [notes, folders, refused] = await Promise.all([this.#manager.notes(), this.#manager.folders(), this.#manager.wedged()]);
      if (this.#closed) return;
      for (const note of notes.filter(isOpen)) this.#names.set(note.id, nameOf(note)).set(note.key, nameOf(note));
      const { status } = this.#manager;
      this.#hasOpened ||= notes.some(isOpen);
      // The SDK tells it once it has read what the server has; what lies here tells it before.
      const wrongPassword = this.#isMismatch || (notes.length > 0 && !this.#hasOpened);
      this.#show({ notes, folders: folders.sort(byName), refused, conflicts: this.#conflictsOf(notes), status, wrongPassword });
    });
    this.#reading = loaded.catch(() => undefined);
    return loaded;
  }

  /** What a note is called, or was when it was seen in this page. */
  nameOf(id: string): string | undefined {
    return this.#names.get(id);
  }

  /** It is decided which version of a note stays. */
  decided({ entityId }: Conflict): Promise<void> {
    this.#conflicts.delete(entityId);
    return this.load();
  }

  close(): void {
    this.#closed = true;
  }

  // Bound, because React calls them without the object.
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Shown => this.#shown;

  #conflictsOf(notes: readonly Note[]): ReadonlyMap<string, Conflict> {
    const conflicts = new Map<string, Conflict>();
    if (this.#conflicts.size === 0) return conflicts;
    for (const note of notes) {
      const conflict = this.#conflicts.get(note.id) ?? this.#conflicts.get(note.key);
      if (!conflict) continue;
      if (clashOf(note, conflict)) conflicts.set(note.key, conflict);
      else this.#conflicts.delete(conflict.entityId);
    }
    return conflicts;
  }

  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    beforeNextFrame(() => {
      this.#announced = false;
      this.load().catch((cause) => this.#closed || this.#onFailure(cause));
    });
  }

  #show(shown: Shown): void {
    this.#shown = shown;
    for (const listener of this.#listeners) listener();
  }
}

const byName = (one: Folder, other: Folder) => one.name.localeCompare(other.name);
