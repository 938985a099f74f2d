// What a test does to the database of a page from outside, and what it finds there.

/** To be evaluated in a page: all records of the account's database, by store; bytes as arrays. */
export async function stored(name) {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const [{ name: only }] = (await indexedDB.databases()).filter((database) => name === undefined || database.name === name);
  const database = await done(indexedDB.open(only));
  const records = {};
  for (const store of database.objectStoreNames) {
    const idb = database.transaction(store).objectStore(store);
    const [keys, values] = [await done(idb.getAllKeys()), await done(idb.getAll())];
    records[store] = Object.fromEntries(keys.map((key, at) => [key, values[at] instanceof Uint8Array ? [...values[at]] : values[at]]));
  }
  database.close();
  return records;
}

/** To be evaluated in a page: sets records, `[store, key, bytes]`; without bytes they are removed. */
export async function damage(records) {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const [{ name }] = await indexedDB.databases();
  const database = await done(indexedDB.open(name));
  const idb = database.transaction(records.map(([store]) => store), "readwrite");
  for (const [store, key, bytes] of records) {
    if (bytes) idb.objectStore(store).put(new Uint8Array(bytes), key);
    else idb.objectStore(store).delete(key);
  }
  await new Promise((resolve, reject) => {
    idb.oncomplete = resolve;
    idb.onabort = () => reject(idb.error);
  });
  database.close();
}

/** Gives a function that sets how much a page's origin may store; without a number it is what the browser gives by itself. */
export async function quotaOf(page) {
  const session = await page.context().newCDPSession(page);
  return (quotaSize) => session.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin, quotaSize });
}

/** What is deleted in the browser's own pages; with `storageTypes: "indexeddb"` localStorage is left. */
export async function clearData(page, storageTypes) {
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: new URL(page.url()).origin, storageTypes });
  await session.detach();
}
