// The database in IndexedDB: object stores of `Uint8Array`s under strings.

import { syncError } from "../errors.js";
import { forgetLocal, openLocal } from "./local.js";
import { forgetMark, markOf, setMark } from "./mark.js";
import { bytesOf, DONE, FULL, numberOf, STORES } from "./transaction.js";

/**
 * Of the layout. 2: heads begin with a number, and there are lists of changes, of what has ended, and of what is not valid yet. 3: heads tell
 * bodies apart. 4: there are a store for what cannot be read, and one of this file's own.
 */
const VERSION = 4;

/** A store of this file's own: `born`, which tells one database from another of the same name, and receipts. */
const PRIVATE = "private";

// What is told of a database, as in mod.rs. The last is not its end.
const OUTDATED = 0;
const GONE = 1;
const MISSED = 2;

/** Pauses before a transaction is repeated that the browser has given up. */
const PAUSES_MS = [0, 100, 1_000];
/** So long a database may take to open. It takes long where a tab has an older version of it open and is frozen. */
const OPENS_WITHIN_MS = 10_000;
/** The database that is made and deleted by `renewLog`, and how long that may take: another tab may be frozen amid it. */
const LOG = "sealwire/log";
const RENEWS_WITHIN_MS = 1_000;
/** Receipts of tabs that were opened longer ago than this are of no use. */
const RECEIPTS_KEPT_MS = 7 * 86_400_000;

/**
 * Opens the database of this name, or makes it. Where the browser has none, `local.js` does; but not where there is one that cannot be had at
 * the moment, because an empty one in its place would look like the account's. That goes on trying.
 */
export async function openDatabase(name) {
  const place = new IndexedDb(name);
  try {
    await renewLog();
    await place.connect();
  } catch (error) {
    if (error && !place.isOver && markOf(name) === null) return openLocal(name);
  }
  return place;
}

/** The databases of a page's origin are one to Chromium, with one log of what was written, so once for a page is enough. */
let renewed;

/**
 * Chromium goes on writing where the log ends. Was it killed amid a record, what comes behind that cannot be read at the start after the next,
 * and then all databases of the origin are deleted. It begins a new log where one of them is deleted: an empty one, of no use but that.
 */
function renewLog() {
  if (!navigator.userAgent.includes("Chrome/")) return;
  renewed ??= makeAndDelete(LOG).catch(() => {}); // The account's own will tell what is wrong.
  return within(renewed, RENEWS_WITHIN_MS);
}

async function makeAndDelete(name) {
  (await succeeded(indexedDB.open(name))).close();
  await succeeded(indexedDB.deleteDatabase(name));
}

/**
 * Wipes the database of this name. Other tabs may have it open, and must not write it back: the epoch rises, which stops the one that sends,
 * all is cleared in that same transaction, and then it is deleted, which closes it everywhere. Either suffices where the other fails, and where
 * the browser has no such database nothing is to be done. Rejects where something is left.
 */
export async function forgetDatabase(name) {
  forgetMark(name);
  forgetLocal(name);
  const clear = async () => cleared(await succeeded(indexedDB.open(name)));
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
    request.onerror = () => reject(request.error);
  });
}

/** Removes everything, whatever its layout; of one that has just been made by opening it there is nothing. The epoch rises. */
function cleared(database) {
  return new Promise((resolve, reject) => {
    database.onversionchange = () => database.close();
    const stores = [...database.objectStoreNames];
    const idb = database.transaction(stores, "readwrite");
    idb.oncomplete = resolve;
    idb.onabort = reject;
    const meta = idb.objectStore("meta");
    meta.get("epoch").onsuccess = ({ target }) => {
      for (const store of stores) idb.objectStore(store).clear();
      meta.put(bytesOf(numberOf(target.result) + 1n), "epoch");
    };
  }).finally(() => database.close());
}

/** Makes the stores. Of a former layout the outbox and who the device is are kept; the rest is pulled again, unless it is as it was. */
function upgrade({ result, transaction }, oldVersion) {
  for (const store of [...STORES, PRIVATE]) {
    if (!result.objectStoreNames.contains(store)) result.createObjectStore(store);
  }
  if (oldVersion < 4) transaction.objectStore(PRIVATE).put(fresh(), "born");
  if (oldVersion < 3) {
    for (const store of ["heads", "bodies"]) transaction.objectStore(store).clear();
    transaction.objectStore("meta").delete("cursor");
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What `promise` gives, or what `late` does where that takes longer. It leaves no timer, which a closed manager would be held by. */
function within(promise, ms, late) {
  let timer;
  const over = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  return Promise.race([promise, over.then(late)]).finally(() => clearTimeout(timer));
}

/** A text that no other is like. */
function fresh() {
  return `${Date.now()}/${Math.random()}`;
}

/**
 * A database, and the connection to it, which a browser may lose at any time: then it is made again, and what was asked for is repeated.
 *
 * It ends where another takes its place: a newer version of the package has made its layout, or it is gone, as where the person has deleted what
 * sites have stored. `tell` is told so, and nothing is answered any more. A database that is made anew in its place is never written to: what
 * the engine holds in memory is not what is in there.
 */
class IndexedDb {
  // As in mod.rs.
  kind = 0;
  durability = 1;
  /** Called with what has become of the database. */
  tell;
  isOver = false;
  #name;
  #isClosed = false;
  #connection;
  #connecting;
  #born;
  #isMissed;
  /** Over when all that was begun has ended. */
  #begun;
  #receipt = `receipt/${fresh()}`;
  #written = 0;

  constructor(name) {
    this.#name = name;
  }

  /** Sees to it that there is a connection. Rejects without a reason where that takes too long; it comes about later. */
  connect() {
    this.#connecting ??= this.#reconnect().finally(() => (this.#connecting = undefined));
    return within(this.#connecting, OPENS_WITHIN_MS, () => Promise.reject());
  }

  async #reconnect() {
    const request = indexedDB.open(this.#name, VERSION);
    let isNew;
    request.onupgradeneeded = ({ oldVersion }) => {
      isNew = !request.result.objectStoreNames.contains(STORES[0]);
      if (isNew && this.#born) request.transaction.abort();
      else upgrade(request, oldVersion);
    };
    const database = await succeeded(request).catch((error) => {
      if (error.name === "VersionError") this.#end(OUTDATED);
      else if (isNew && this.#born) this.#end(GONE);
      throw error;
    });
    const lose = () => {
      this.#lose(database);
      // Whether it is still there. While it is being deleted the browser gives up what opens it.
      this.#transact("readonly", PRIVATE, () => [], () => {}).catch(() => {});
    };
    database.onclose = lose;
    // Who wants to delete it, or to give it a newer layout, waits for this; that it did, shows when it is opened again.
    database.onversionchange = lose;
    const own = database.transaction(PRIVATE, "readwrite").objectStore(PRIVATE);
    const born = await succeeded(own.get("born"));
    own.delete(IDBKeyRange.bound("receipt/", `receipt/${Date.now() - RECEIPTS_KEPT_MS}`));
    if (this.#born && this.#born !== born) this.#end(GONE);
    if (this.#isClosed || this.isOver) return database.close();
    this.#isMissed = isNew && markOf(this.#name) !== null;
    this.#born = born;
    this.#connection = database;
  }

  /** Carries out a transaction, and gives its answer. */
  run(transaction) {
    const { mode, stores, inputs } = transaction;
    const number = ++this.#written;
    let isRepeated = false;
    const ask = (idb) => {
      const places = [...inputs.values()];
      if (isRepeated) places.push({ store: PRIVATE, key: this.#receipt });
      isRepeated = true;
      return places.map(({ store, key }) => idb.objectStore(store).get(key));
    };
    return this.#transact(mode, [...stores, PRIVATE], ask, (values, idb) => {
      // What is given up may have been written all the same. Guards would tell most of it, but not an appended change from one that is appended
      // twice. So each transaction that writes leaves a receipt, in place of the one before; a repeated one that finds its own was carried out.
      const receipt = values[inputs.size];
      if (receipt?.number === number) return receipt.answer;
      const { answer, changes } = transaction.decide(values);
      for (const { store, key, value } of changes) {
        if (value) idb.objectStore(store).put(value, key);
        else idb.objectStore(store).delete(key);
      }
      if (changes.length > 0) idb.objectStore(PRIVATE).put({ number, answer }, this.#receipt);
      return answer;
    });
  }

  /** Gives a page in the form of an answer. */
  readPage(number, after, limit) {
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

  /** Leaves a mark outside, by which it will be missed. That a former one is, is told when who has waited for this one has gone on. */
  remember(mark) {
    setMark(this.#name, mark);
    if (this.#isMissed) setTimeout(() => this.tell(MISSED));
  }

  /** What was begun ends and answers all the same. */
  close() {
    this.#isClosed = true;
    this.#connection?.close();
  }

  /** Runs a transaction, as `#attempt` does; again where the browser gives it up. Rejects where that is in vain. */
  async #transact(...steps) {
    for (let attempts = 0; !this.isOver; attempts++) {
      let connection;
      try {
        if (!this.#connection) await this.connect();
        connection = this.#connection;
        return await this.#attempt(connection, ...steps);
      } catch (error) {
        if (this.isOver) break;
        if (!error || this.#isClosed || attempts === PAUSES_MS.length) throw syncError("storage_failed");
        // Some browsers do not tell that it is lost, and nothing ever works on it again.
        if (connection) this.#lose(connection);
        await pause(PAUSES_MS[attempts]);
      }
    }
    return new Promise(() => {});
  }

  /**
   * Runs a transaction of IndexedDB: the requests of `ask`, then `conclude`, which is given their results and may write.
   * What that returns is the answer once all is on disk.
   *
   * No promise is on the way, because IndexedDB commits by itself as soon as nothing is asked of a transaction.
   */
  #attempt(connection, mode, stores, ask, conclude) {
    const attempt = new Promise((resolve, reject) => {
      const idb = connection.transaction(stores, mode, { durability: "strict" });
      // A browser that does not know the option has no such property.
      this.durability = idb.durability === "strict" ? 0 : 1;
      let answer;
      idb.oncomplete = () => resolve(answer);
      idb.onabort = () => (idb.error?.name === "QuotaExceededError" ? resolve([FULL]) : reject(idb));
      const requests = ask(idb);
      const goOn = () => (answer = conclude(requests.map(({ result }) => result), idb));
      // Requests succeed in their order, so the last one's success is that of all.
      if (requests.length > 0) requests.at(-1).onsuccess = goOn;
      else goOn();
    });
    this.#begun = Promise.allSettled([this.#begun, attempt]);
    return attempt;
  }

  #lose(connection) {
    connection.close();
    if (this.#connection === connection) this.#connection = undefined;
  }

  /** Nothing is answered from now on but what was begun. */
  #end(told) {
    if (this.isOver) return;
    this.isOver = true;
    Promise.allSettled([this.#begun]).then(() => setTimeout(() => this.tell?.(told)));
  }
}
