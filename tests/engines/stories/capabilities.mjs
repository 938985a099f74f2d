// What the package builds on, as docs/support.md has it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { User } from "../../worker/client.mjs";
import { openBookmarks } from "./bookmarks.mjs";

const DOCUMENT = new URL("../../../docs/support.md", import.meta.url);

/** By their rows in the document: each resolves to "yes", "no" or another word of its cell's beginning. */
const MEASURES = {
  "IndexedDB, `durability: \"strict\"`": async () => {
    const database = await new Promise((resolve) => {
      const request = indexedDB.open("measured");
      request.onupgradeneeded = () => request.result.createObjectStore("store");
      request.onsuccess = () => resolve(request.result);
    });
    const { durability } = database.transaction("store", "readwrite", { durability: "strict" });
    database.close();
    return durability === "strict" ? "yes" : "no";
  },
  "Web Locks": () => ("locks" in navigator ? "yes" : "no"),
  "BroadcastChannel": () => ("BroadcastChannel" in globalThis ? "yes" : "no"),
  "`CompressionStream(\"deflate-raw\")`": () => {
    try {
      return new CompressionStream("deflate-raw") && new DecompressionStream("deflate-raw") && "yes";
    } catch {
      return "no";
    }
  },
  "`AbortSignal.timeout`": () => ("timeout" in AbortSignal ? "yes" : "no"),
  "`indexedDB.databases()`": () => ("databases" in indexedDB ? "yes" : "no"),
  "A `CryptoKey` kept in IndexedDB": async () => {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    return new Promise((resolve) => {
      const request = indexedDB.open("measured key");
      request.onupgradeneeded = () => request.result.createObjectStore("store");
      request.onsuccess = () => {
        const transaction = request.result.transaction("store", "readwrite");
        try {
          transaction.objectStore("store").put(key, "key");
        } catch {
          resolve("no");
        }
        transaction.oncomplete = () => resolve("yes");
        transaction.onabort = () => resolve("no");
      };
    });
  },
  "Module workers": () => {
    let isAsked = false;
    new Worker("data:text/javascript,", { get type() { return (isAsked = true), "module"; } }).terminate();
    return isAsked ? "yes" : "no";
  },
  "`navigator.storage.persist()`": async () => {
    if (!navigator.storage?.persist) return "no";
    const slow = new Promise((resolve) => setTimeout(resolve, 3_000, "asks"));
    return Promise.race([slow, navigator.storage.persist().then(() => "yes")]);
  },
};

export function capabilities(story, { name }) {
  story("has what docs/support.md says it has", async ({ server, phone }) => {
    const expected = await column(name);
    const tab = await openBookmarks(phone, server, await User.register(server));
    for (const [row, measure] of Object.entries(MEASURES)) {
      const cell = expected.get(row);
      assert.ok(cell, `the document has no row ${row}`);
      assert.equal(await tab.evaluate(measure), cell.match(/^[a-z]+/)?.[0], row);
    }
  });
}

/** The cells of an engine in the first table. */
async function column(engine) {
  const [table] = (await readFile(DOCUMENT, "utf8")).match(/^\| What .*(\n\|.*)+/m);
  const [head, , ...rows] = table.split("\n").map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const at = head.findIndex((cell) => cell.startsWith(engine));
  return new Map(rows.map((cells) => [cells[0], cells[at]]));
}
