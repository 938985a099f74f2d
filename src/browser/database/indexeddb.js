// The database in IndexedDB: object stores of `Uint8Array`s under strings.

import { syncError } from "../errors.js";
import { forgetLocal, openLocal } from "./local.js";
import { bytesOf, DONE, FULL, numberOf, STORES } from "./transaction.js";

/**
 * Of the layout. 2: heads begin with a number, and there are lists of changes, of what has ended, and of what is not valid yet. 3: heads tell
 * bodies apart.
 */
const VERSION = 3;

/** Opens the database of this name, or makes it. Where the browser does not, `local.js` does. */
export function openDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => upgrade(request);
    request.onsuccess = () => resolve(new IndexedDb(request.result));
    request.onerror = reject;
    request.onblocked = () => {
      // The request goes on by itself.
      request.onsuccess = () => request.result.close();
      reject();
    };
  }).catch(() => openLocal(name));
}

/**
 * Wipes the database of this name. Other tabs may have it open, and must not write it back: the epoch rises, which stops the one that sends,
 * all is cleared in that same transaction, and then it is deleted, which closes it everywhere. Either suffices where the other fails, and where
 * the browser has no such database nothing is to be done. Rejects where something is left.
 */
export async function forgetDatabase(name) {
  forgetLocal(name);
  // One that has just been made by opening it has no stores, and cannot be cleared.
  const clear = async () => new IndexedDb(await succeeded(indexedDB.open(name))).clear();
  const remove = async () => succeeded(indexedDB.deleteDatabase(name));
  let failures = 0;
  for (const wipe of [clear, remove]) await wipe().catch(() => failures++);
  if (failures > 1 && (await databaseNames()).includes(name)) throw syncError("storage_failed");
}

/** The names of all databases. Not every browser tells them. */
export async function databaseNames() {
  try {
    return (await indexedDB.databases()).map((database) => database.name);
  } catch {
    return [];
  }
}

function succeeded(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
}

/** Makes the stores. Of a former layout the outbox and who the device is are kept; the rest is pulled again. */
function upgrade({ result, transaction }) {
  for (const store of STORES) {
    if (result.objectStoreNames.contains(store)) continue;
    result.createObjectStore(store);
  }
  for (const store of ["heads", "bodies"]) transaction.objectStore(store).clear();
  transaction.objectStore("meta").delete("cursor");
}

/** An open database. Once it is closed, by the browser or for a tab that deletes or upgrades it, everything rejects. */
class IndexedDb {
  // As in mod.rs; the durability is that of the last transaction.
  kind = 0;
  durability = 1;
  #database;

  constructor(database) {
    this.#database = database;
    database.onversionchange = () => database.close();
  }

  /** Carries out a transaction, and gives its answer. */
  async run(transaction) {
    const { mode, stores, inputs } = transaction;
    const ask = (idb) => Array.from(inputs.values(), ({ store, key }) => idb.objectStore(store).get(key));
    return this.#transact(mode, stores, ask, (values, idb) => {
      const { answer, changes } = transaction.decide(values);
      for (const { store, key, value } of changes) {
        if (value) idb.objectStore(store).put(value, key);
        else idb.objectStore(store).delete(key);
      }
      return answer;
    });
  }

  /** Gives a page in the form of an answer. */
  async readPage(number, after, limit) {
    const store = STORES[number];
    const range = after === undefined ? null : IDBKeyRange.lowerBound(after, true);
    const ask = (idb) => [idb.objectStore(store).getAllKeys(range, limit), idb.objectStore(store).getAll(range, limit)];
    // To IndexedDB a limit of 0 is none.
    return this.#transact("readonly", store, ask, ([keys, values]) => [DONE, ...keys.slice(0, limit).flatMap((key, at) => [key, values[at]])]);
  }

  /**
   * The keys that `keepKeys` was given, whether they are known to be the account's, and whether changes wait; `undefined` where there are
   * none.
   */
  loadKeys() {
    const ask = (idb) => [...["keys", "proven"].map((key) => idb.objectStore("meta").get(key)), idb.objectStore("outbox").count()];
    const conclude = ([members, proven, waiting]) => members && { members, isProven: proven !== undefined, hasChanges: waiting > 0 };
    return this.#transact("readonly", ["meta", "outbox"], ask, conclude);
  }

  keepKeys(members) {
    return this.#transact("readwrite", "meta", () => [], (_, idb) => void idb.objectStore("meta").put(members, "keys"));
  }

  /** Removes everything. The epoch rises, which stops the tab that sends. */
  clear() {
    return this.#transact("readwrite", STORES, (idb) => [idb.objectStore("meta").get("epoch")], ([epoch], idb) => {
      for (const store of STORES) idb.objectStore(store).clear();
      idb.objectStore("meta").put(bytesOf(numberOf(epoch) + 1n), "epoch");
    });
  }

  /** What was begun ends and answers all the same. */
  close() {
    this.#database.close();
  }

  /**
   * Runs a transaction of IndexedDB: the requests of `ask`, then `conclude`, which is given their results and may write.
   * What that returns is the answer once all is on disk.
   *
   * No promise is on the way, because IndexedDB commits by itself as soon as nothing is asked of a transaction.
   */
  #transact(mode, stores, ask, conclude) {
    return new Promise((resolve, reject) => {
      const idb = this.#database.transaction(stores, mode, { durability: "strict" });
      // A browser that does not know the option has no such property.
      this.durability = idb.durability === "strict" ? 0 : 1;
      let answer;
      idb.oncomplete = () => resolve(answer);
      idb.onabort = () => (idb.error?.name === "QuotaExceededError" ? resolve([FULL]) : reject(idb.error));
      const requests = ask(idb);
      const goOn = () => (answer = conclude(requests.map(({ result }) => result), idb));
      // Requests succeed in their order, so the last one's success is that of all.
      if (requests.length > 0) requests.at(-1).onsuccess = goOn;
      else goOn();
    });
  }
}
