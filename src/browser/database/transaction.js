// A conditional transaction as Rust describes it, and what it comes to, given the values that it depends on.

/** The names of the stores, in the order of Rust's `Store`. */
export const STORES = ["meta", "heads", "bodies", "outbox", "changes", "settled", "held", "corrupt"];

const SEQ_COUNTER = { store: "meta", key: "seq" };
const REVISION_COUNTER = { store: "meta", key: "revision" };
const REVISION_LENGTH = 8;

// How a transaction ends, as in mod.rs. Where it fails for another reason than that no space is left, it rejects.
export const DONE = 0;
export const CONFLICT = 1;
export const FULL = 2;

// The kinds of steps, as in mod.rs.
const READ = 0;
export const GUARD = 1;
export const WRITE = 2;
const RAISE = 3;
const APPEND = 4;
const REVISE = 5;

export class Transaction {
  mode = "readonly";
  /** The names of the stores that it touches. IndexedDB knows no transaction without one. */
  stores = new Set(["meta"]);
  /** The places whose values it depends on, each once. */
  inputs = new Map();
  #steps = [];

  /**
   * Adds a step. READ asks for a value; GUARD demands that it is `bytes`, WRITE sets it to them, and without bytes they mean
   * that it is absent. The others are Rust's `Write::Raise`, `Append` and `Revise`.
   */
  add(kind, store, key, bytes) {
    // A copy, because the bytes are in Rust's memory, and a database stores the whole of the memory behind an array.
    const step = { kind, store: STORES[store], key, value: bytes?.slice() };
    this.#steps.push(step);
    this.stores.add(step.store);
    if (kind > GUARD) this.mode = "readwrite";
    if (kind === REVISE) {
      this.stores.add("changes");
      this.#dependOn(REVISION_COUNTER);
    }
    if (kind === APPEND) this.#dependOn(SEQ_COUNTER);
    else if (kind !== WRITE) this.#dependOn(step);
  }

  /**
   * Decides, given the values of the inputs, in their order.
   *
   * The answer is DONE, then key and value of what each READ found, and each number that was given; or CONFLICT, then what
   * each guarded value is. Changes are places with their new values, each place once.
   */
  decide(values) {
    const now = new Map(Array.from(this.inputs.keys(), (name, at) => [name, values[at]]));
    const valueAt = (place) => now.get(nameOf(place));
    const guards = this.#steps.filter(({ kind }) => kind === GUARD);
    if (!guards.every((guard) => isSame(guard.value, valueAt(guard)))) return { answer: [CONFLICT, ...guards.map(valueAt)], changes: [] };

    const answer = [DONE];
    const changes = new Map();
    const write = (change) => {
      now.set(nameOf(change), change.value);
      changes.set(nameOf(change), change);
    };
    const next = (counter) => {
      const number = bytesOf(numberOf(valueAt(counter)) + 1n);
      write({ ...counter, value: number });
      answer.push(number);
      return number;
    };
    for (const step of this.#steps) {
      const { kind, store, key, value } = step;
      const found = valueAt(step);
      if (kind === READ && found) answer.push(key, found);
      if (kind === WRITE) write(step);
      if (kind === RAISE) write({ store, key, value: numberOf(found) > numberOf(value) ? found : value });
      if (kind === APPEND) write({ store, key: keyOf(next(SEQ_COUNTER)), value });
      if (kind === REVISE) {
        if (found?.length >= REVISION_LENGTH) write({ store: "changes", key: keyOf(found.slice(0, REVISION_LENGTH)) });
        const revision = next(REVISION_COUNTER);
        write({ store, key, value: Uint8Array.from([...revision, ...value.slice(REVISION_LENGTH)]) });
        write({ store: "changes", key: keyOf(revision), value: new TextEncoder().encode(key) });
      }
    }
    return { answer, changes: [...changes.values()] };
  }

  #dependOn(place) {
    this.inputs.set(nameOf(place), place);
  }
}

function nameOf({ store, key }) {
  return `${store}/${key}`;
}

function isSame(one, other) {
  return one?.length === other?.length && !one?.some((byte, at) => byte !== other[at]);
}

/** A counter's number; 0 where the bytes are none. */
export function numberOf(bytes) {
  return bytes?.length === 8 ? new DataView(bytes.buffer).getBigUint64(0) : 0n;
}

export function bytesOf(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, number);
  return bytes;
}

/** The key under a number, as Rust's `seq_key` makes it. */
function keyOf(number) {
  return Array.from(number, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
