import type { BitmarksEntity, Change, Entity, RealtimeSyncManager } from "sealwire";

/** One entity as the page shows it. Never changed in place: a new change makes a new row. */
export interface Row<T> {
  readonly id: string;
  readonly data: T;
  /** When and on which device it was changed last; a device never gives one time twice. */
  readonly timestamp: number;
  readonly deviceId: string;
  /** Whether a change of it waits for the server. */
  readonly pending: boolean;
}

/** The entities of one type. */
export class Collection<T> {
  #rows = new Map<string, Row<T>>();
  #shown: readonly Row<T>[] = [];
  #stale = false;
  /** The ids that changed while a list was being read; `null` while none is. */
  #changedMeanwhile: Set<string> | null = null;

  constructor(
    readonly type: BitmarksEntity,
    readonly read: (data: unknown) => T,
  ) {}

  /** All rows; the same array until something changed. */
  get rows(): readonly Row<T>[] {
    if (this.#stale) {
      this.#shown = [...this.#rows.values()];
      this.#stale = false;
    }
    return this.#shown;
  }

  get hasPending(): boolean {
    return this.rows.some((row) => row.pending);
  }

  apply({ operation, entityId: id, data, timestamp, deviceId, origin }: Change): void {
    const pending = origin === "local" || origin === "tab";
    if (operation === "delete") this.#rows.delete(id);
    else this.#rows.set(id, { id, data: this.read(data), timestamp, deviceId, pending });
    this.#changedMeanwhile?.add(id);
    this.#stale = true;
  }

  /**
   * Reads all entities, with a change that is told meanwhile winning over the list: the list may be older than it, and
   * where the list is newer a further change is on its way. Must not be called while an earlier call is under way.
   */
  async load(manager: RealtimeSyncManager): Promise<void> {
    const changedMeanwhile = new Set<string>();
    this.#changedMeanwhile = changedMeanwhile;
    try {
      for (const entity of await manager.list(this.type)) {
        if (!changedMeanwhile.has(entity.entityId)) this.#take(entity);
      }
    } finally {
      this.#changedMeanwhile = null;
    }
  }

  /** Data that is known keeps its identity, and with it what others have derived from it. */
  #take({ entityId: id, data, timestamp, deviceId, pending }: Entity): void {
    const known = this.#rows.get(id);
    const unchanged = known?.timestamp === timestamp && known.deviceId === deviceId;
    if (unchanged && known.pending === pending) return;
    this.#rows.set(id, { id, data: unchanged ? known.data : this.read(data), timestamp, deviceId, pending });
    this.#stale = true;
  }
}
