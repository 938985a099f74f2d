import type { RealtimeSyncManager, Rejected, Status } from "sealwire";
import { Collection, type Row } from "./collection";
import { beforeNextFrame } from "./frame";
import { readBookmark, readFolder, readVisit, type Bookmark, type Folder, type Visit } from "./model";

/** What the page shows of an account. Parts that did not change keep their identity. */
export interface Snapshot {
  readonly bookmarks: readonly Row<Bookmark>[];
  readonly folders: readonly Row<Folder>[];
  readonly visits: readonly Row<Visit>[];
  /** What the server has refused for good, until the user decides. */
  readonly refused: readonly Rejected[];
  readonly status: Status;
}

const MARKS_DELAY_MS = 500;

/** Mirrors an account's entities and status for React; tells its listeners at most once a frame. */
export class Store {
  readonly #manager: RealtimeSyncManager;
  readonly #collections = {
    bookmark: new Collection("bookmark", readBookmark),
    group: new Collection("group", readFolder),
    history: new Collection("history", readVisit),
  };
  readonly #listeners = new Set<() => void>();
  readonly #onReadFailure: (cause: unknown) => void;
  #refused: readonly Rejected[] = [];
  #snapshot: Snapshot;
  #waiting: number;
  #announced = false;
  #marksTimer: ReturnType<typeof setTimeout> | null = null;
  #loading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(manager: RealtimeSyncManager, onReadFailure: (cause: unknown) => void) {
    this.#manager = manager;
    this.#onReadFailure = onReadFailure;
    this.#snapshot = this.#present();
    this.#waiting = manager.status.pending;
    manager.on("change", (change) => {
      this.#collections[change.entityType].apply(change);
      if (change.origin === "tab") this.#checkMarks(MARKS_DELAY_MS);
      this.#announce();
    });
    manager.on("rejected", () => this.load().catch(onReadFailure));
    manager.on("status", (status) => {
      if (status.pending < this.#waiting) this.#checkMarks(status.pending === 0 ? 0 : MARKS_DELAY_MS);
      this.#waiting = status.pending;
      this.#announce();
    });
  }

  /** Reads what is stored. Changes that come while it reads are kept. */
  load(): Promise<void> {
    const loaded = this.#loading.then(async () => {
      for (const collection of Object.values(this.#collections)) await collection.load(this.#manager);
      const refused = await this.#manager.wedged();
      // None is the same none as before.
      if (refused.length + this.#refused.length > 0) this.#refused = refused;
      this.#announce();
    });
    this.#loading = loaded.catch(() => undefined);
    return loaded;
  }

  /** Stops its timer. The manager's own `close()` ends its events. */
  close(): void {
    this.#closed = true;
    if (this.#marksTimer !== null) clearTimeout(this.#marksTimer);
  }

  // Bound, because React calls them without the object.
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot => this.#snapshot;

  #present(): Snapshot {
    const { bookmark, group, history } = this.#collections;
    return { bookmarks: bookmark.rows, folders: group.rows, visits: history.rows, refused: this.#refused, status: this.#manager.status };
  }

  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    beforeNextFrame(() => {
      this.#announced = false;
      if (this.#closed) return;
      this.#snapshot = this.#present();
      for (const listener of this.#listeners) listener();
    });
  }

  /** No event tells that an entity's change was confirmed: while the count falls, the marks are read again now and then. */
  #checkMarks(delay: number): void {
    if (this.#marksTimer !== null) {
      if (delay > 0) return;
      clearTimeout(this.#marksTimer);
    }
    this.#marksTimer = setTimeout(() => {
      this.#marksTimer = null;
      if (Object.values(this.#collections).some((collection) => collection.hasPending)) {
        this.load().catch(this.#onReadFailure);
      }
    }, delay);
  }
}
