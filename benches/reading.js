// `get` of the package, from the call to the object, against the same by hand: IndexedDB, WebCrypto, JSON.

import { RealtimeSyncManager, bitmarks } from "/pkg/index.js";
import { measure } from "./rounds.js";

const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

async function ofSize(size) {
  const data = { title: "x".repeat(size - JSON.stringify({ title: "" }).length) };
  const sync = await RealtimeSyncManager.open(bitmarks({ url: "ws://127.0.0.1:9/sync/realtime", userId: `of-${size}`, key: crypto.getRandomValues(new Uint8Array(32)) }));
  await sync.pushChange("bookmark", "bm_1", "create", data);
  const byHand = await storedByHand(`by-hand-${size}`, data);
  const measured = await measure({ floor: byHand.read, ours: () => sync.get("bookmark", "bm_1") });
  sync.close();
  byHand.close();
  return measured;
}

async function storedByHand(name, data) {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => opening.result.createObjectStore("entities");
  const database = await done(opening);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const parameters = { name: "AES-GCM", iv: crypto.getRandomValues(new Uint8Array(12)) };
  const body = new Uint8Array(await crypto.subtle.encrypt(parameters, key, utf8.encoder.encode(JSON.stringify(data))));
  await done(database.transaction("entities", "readwrite").objectStore("entities").put(body, "bookmark/bm_1"));
  return {
    async read() {
      const sealed = await done(database.transaction("entities").objectStore("entities").get("bookmark/bm_1"));
      return JSON.parse(utf8.decoder.decode(await crypto.subtle.decrypt(parameters, key, sealed)));
    },
    close: () => database.close(),
  };
}

globalThis.reading = ofSize;
