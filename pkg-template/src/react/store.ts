/** What hooks read of a manager: values that stay the same object until they change, each read once however many components show it. */

import { isAlike, shared } from "./sharing.ts";

/** A manager as far as hooks read it, of any dialect. */
interface Readable {
  on(event: "change", listener: (change: Touch) => void): () => void;
  on(event: "status" | "ready", listener: () => void): () => void;
  get(entityType: string, entityId: string): Promise<Row | undefined>;
  list(entityType: string): Promise<Row[]>;
}

/** What may have to be read again: an entity, what waits for the server, or everything. */
type Touch = { entityType: string; entityId: string } | "waiting" | "all";

/** An entity, or a row, which has its id under another name. */
interface Row {
  entityId?: string;
  id?: string;
  pending?: boolean;
}

/** More than so many are read as a whole. */
const MANY = 64;

/** That a change is confirmed is no change of what is shown: what waits is read again so many milliseconds after the counts have moved. */
const WAITING_AFTER_MS = 100;

/** What nobody uses so many milliseconds after it was made is forgotten. */
const UNUSED_MS = 10_000;

export const NO_ROWS: readonly never[] = Object.freeze([]);

/** A value that components subscribe to, read while one does. */
class Source<T> {
  readonly #listeners = new Set<() => void>();
  #isReading = false;
  #isStale = false;

  /**
   * @param read gives the value anew
   * @param isTouched whether that has to be done, and takes note of what there is to read
   * @param onUse is told when `isUsed` has changed
   */
  constructor(
    public value: T,
    readonly read: () => Promise<T>,
    readonly isTouched: (touch: Touch) => boolean,
    readonly onUse: (source: Source<T>) => void,
  ) {}

  /** Whether anybody has subscribed. */
  get isUsed(): boolean {
    return this.#listeners.size > 0;
  }

  readonly get = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    // Each subscription is a function of its own, also where two have the same.
    const own = () => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) {
      this.onUse(this);
      this.touch("all");
    }
    return () => {
      this.#listeners.delete(own);
      if (!this.isUsed) this.onUse(this);
    };
  };

  /** Reads again if it has to be; what comes to be stale meanwhile, once more. */
  async touch(touch: Touch): Promise<void> {
    if (!this.isTouched(touch)) return;
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isStale && this.isUsed) {
        this.#isStale = false;
        const value = await this.read();
        if (value === this.value) continue;
        this.value = value;
        for (const listener of this.#listeners) listener();
      }
    } catch {
      // The manager was closed, or its storage fails, which its `error` event tells. What was shown stays.
      this.isTouched("all");
    }
    this.#isReading = false;
  }
}

/** All that components show of one manager, which it listens to while there is any. */
class Store {
  readonly #sources = new Map<string, Source<any>>();
  #used = 0;
  #ends: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly sync: Readable) {}

  /** All entities of a type. Only those that have changed are read again. */
  list(type: string): Source<readonly Row[]> {
    let rows = new Map<string, Row>();
    /** What has to be read; `undefined`: all. */
    let stale: Set<string> | undefined;
    const read = async (): Promise<readonly Row[]> => {
      const [ids, former] = [stale, rows];
      stale = new Set();
      const put = (row: Row) => rows.set(idOf(row), shared(former.get(idOf(row)) ?? row, row));
      if (ids && ids.size <= MANY) {
        for (const id of ids) {
          const row = await this.sync.get(type, id);
          if (idOf(row) !== id) rows.delete(id);
          if (row) put(row);
        }
      } else {
        const all = await this.sync.list(type);
        rows = new Map();
        all.forEach(put);
      }
      const value = [...rows.values()];
      return isAlike(source.value, value) ? source.value : value;
    };
    const isTouched = (touch: Touch) => {
      if (touch === "all") stale = undefined;
      else if (touch === "waiting") for (const [id, { pending }] of rows) pending && stale?.add(id);
      else if (touch.entityType === type) stale?.add(touch.entityId);
      return !stale || stale.size > 0;
    };
    const source: Source<readonly Row[]> = this.#source<readonly Row[]>(type, NO_ROWS, read, isTouched);
    return source;
  }

  /** One entity; `undefined` where there is none. Under a temporary id it is found as well once it has another. */
  one(type: string, id: string): Source<Row | undefined> {
    const source: Source<Row | undefined> = this.#source<Row | undefined>(
      JSON.stringify([type, id]),
      undefined,
      async () => shared(source.value, await this.sync.get(type, id)),
      (touch) => touch === "all" || (touch === "waiting" ? source.value?.pending === true : touch.entityType === type && [id, idOf(source.value)].includes(touch.entityId)),
    );
    return source;
  }

  /** What the manager computes of all that it has. */
  whole<T>(name: string, value: T, compute: () => Promise<T>): Source<T> {
    const source: Source<T> = this.#source(`${name}()`, value, async () => shared(source.value, await compute()), () => true);
    return source;
  }

  #source<T>(name: string, value: T, read: () => Promise<T>, isTouched: (touch: Touch) => boolean): Source<T> {
    const known = this.#sources.get(name);
    if (known) return known;
    const source = new Source(value, read, isTouched, (own) => {
      this.#keep(name, own);
      this.#used += own.isUsed ? 1 : -1;
      if (this.#used === 0) this.#rest();
      else if (this.#ends.length === 0) this.#listen();
    });
    this.#sources.set(name, source);
    // A component may be rendered and never shown.
    setTimeout(() => this.#keep(name, source), UNUSED_MS);
    return source;
  }

  #keep(name: string, source: Source<any>): void {
    if (source.isUsed) this.#sources.set(name, source);
    else this.#sources.delete(name);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    for (const end of this.#ends.splice(0)) end();
  }

  #listen(): void {
    const { sync } = this;
    const touch = (touch: Touch) => this.#sources.forEach((source) => source.touch(touch));
    this.#ends = [
      sync.on("change", touch),
      sync.on("status", () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(touch, WAITING_AFTER_MS, "waiting");
      }),
      // Of a manager with several sets: another one is shown.
      sync.on("ready", () => touch("all")),
    ];
  }
}

const stores = new WeakMap<object, Store>();

export function storeOf(sync: object): Store {
  let store = stores.get(sync);
  if (!store) stores.set(sync, (store = new Store(sync as Readable)));
  return store;
}

function idOf(row: Row | undefined): string {
  return row?.entityId ?? row?.id ?? "";
}
