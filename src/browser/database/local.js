// The database where there is no IndexedDB: memory, and what must outlive the page in localStorage.
//
// That is what the server does not have. It is one item, so that a transaction is one write, which the browser makes or does
// not. The rest stays in memory, and what belongs to it too: with the cursor, the next page would never ask the server for it again.

import { DONE, FULL, STORES } from "./transaction.js";

/** The largest item, in characters. Browsers give a site some 5 million for all of its items. */
const CAPACITY = 2 << 20;

/** The stores that the item has. */
const KEPT = ["meta", "outbox", "corrupt"];

/** Values of `meta` that belong to what stays in memory: with a base of its own each tab is on its own. */
const OWN = ["cursor", "epoch", "revision", "full_pull", "contact"];

/** Opens the database of this name in localStorage, or in memory where a page has none, or may not write there. */
export function openLocal(name) {
  try {
    localStorage.setItem(`${name}?`, "");
    localStorage.removeItem(`${name}?`);
    return new LocalDatabase(name);
  } catch {
    return new LocalDatabase();
  }
}

/** Removes what `openLocal` keeps under this name. */
export function forgetLocal(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Then there is nothing of it.
  }
}

/**
 * A database in memory, with an item of localStorage behind it if it has a name.
 *
 * What another tab wrote there is taken over before each use. Browsers do not lock localStorage, so of two tabs that write
 * in the same instant one may undo the other's change; IndexedDB has no such gap.
 */
export class LocalDatabase {
  #values = Object.fromEntries(STORES.map((store) => [store, new Map()]));
  #name;
  /** The item as it was read or written last. */
  #text = null;

  constructor(name) {
    this.#name = name;
    // As in mod.rs.
    this.kind = this.durability = name === undefined ? 2 : 1;
  }

  /** Carries out a transaction, and gives its answer. */
  async run(transaction) {
    this.#refresh();
    const valueAt = ({ store, key }) => this.#values[store].get(key);
    const { answer, changes } = transaction.decide(Array.from(transaction.inputs.values(), valueAt));
    if (changes.length === 0) return answer;
    const before = changes.map((change) => ({ ...change, value: valueAt(change) }));
    this.#write(changes);
    if (this.#keep()) return answer;
    this.#write(before);
    return [FULL];
  }

  /** Gives a page in the form of an answer. */
  async readPage(number, after, limit) {
    this.#refresh();
    const values = this.#values[STORES[number]];
    const keys = [...values.keys()].filter((key) => after === undefined || key > after).sort();
    return [DONE, ...keys.slice(0, limit).flatMap((key) => [key, values.get(key)])];
  }

  /** Keys are kept in memory alone: a CryptoKey cannot be written down. */
  async loadKeys() {
    return undefined;
  }

  async keepKeys() {}

  remember() {
    // It goes together with whatever could be left.
  }

  close() {
    // There is nothing to close.
  }

  #write(changes) {
    for (const { store, key, value } of changes) {
      if (value) this.#values[store].set(key, value);
      else this.#values[store].delete(key);
    }
  }

  /** Takes over what another tab has written. */
  #refresh() {
    if (this.#name === undefined) return;
    const text = localStorage.getItem(this.#name);
    if (text === this.#text) return;
    this.#text = text;
    this.#write(this.#kept().map(({ store, key }) => ({ store, key })));
    try {
      this.#write(JSON.parse(text).map(([store, key, value]) => ({ store, key, value: decoded(value) })));
    } catch {
      // It was removed, or is damaged.
    }
  }

  /** Writes what is to be kept; whether there was room. */
  #keep() {
    if (this.#name === undefined) return true;
    const text = JSON.stringify(this.#kept().map(({ store, key, value }) => [store, key, encoded(value)]));
    if (text.length > CAPACITY) return false;
    try {
      localStorage.setItem(this.#name, text);
    } catch {
      return false;
    }
    this.#text = text;
    return true;
  }

  #kept() {
    const records = KEPT.flatMap((store) => Array.from(this.#values[store], ([key, value]) => ({ store, key, value })));
    return records.filter(({ store, key }) => store !== "meta" || !OWN.includes(key));
  }
}

/** In base64. */
function encoded(bytes) {
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}

function decoded(text) {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
