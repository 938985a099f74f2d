import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { SAMPLE } from "../demo.mjs";
import { Needles } from "../needles.mjs";

export function sealed(story) {
  const { server, profiles, wires } = story;
  const wire = async () => Buffer.concat(await Promise.all(wires.map((recorded) => recorded.bytes())));

  describe("what is sealed", () => {
    const secrets = new Needles();
    const visible = new Needles();
    let plaintexts, expected;

    before(async () => {
      plaintexts = await contentOfSample(story.first.page);
      const titles = ["Opened in the first browser", "Edited by the second browser", "Folder of both browsers"];
      for (const text of [...plaintexts, ...titles]) secrets.addText(text);
      const { userId, key } = await story.first.account();
      const bytes = Buffer.from(key, "base64url");
      for (const [name, form] of Object.entries({ raw: bytes, hex: Buffer.from(bytes.toString("hex")) })) secrets.addBytes(`the key, ${name}`, form);
      for (const encoding of ["base64", "base64url"]) secrets.addBytes(`the key, ${encoding}`, Buffer.from(bytes.toString(encoding)));
      secrets.addText(story.recoveryCode);
      for (const text of [story.joined.code, story.joined.code.replaceAll("-", ""), new URL(story.joined.link).hash.split("=")[1]]) secrets.addText(text);
      expected = [userId, ...story.entities.map((entity) => entity.split("/")[1])].sort();
      for (const id of expected) visible.addText(id);
    });

    it("is looked for by a search that finds it where it is", async () => {
      const file = (await readFile(SAMPLE)).subarray(0, 100_000);
      for (const form of [file, Buffer.from(file.toString("base64")), Buffer.from(file.toString(), "utf16le")]) {
        assert.ok(secrets.foundIn(form).length > 100, "most of the sample's texts stand in its file as they are");
      }
    });

    it("was never on the wire", async () => {
      const bytes = await wire();
      assert.deepEqual(visible.foundIn(bytes).sort(), expected, "ids are on the wire by design");
      assert.deepEqual(secrets.foundIn(bytes), []);
    });

    it("is not in the server's files", async () => {
      const bytes = await filesBelow(server.persist);
      assert.deepEqual(visible.foundIn(bytes).sort(), expected, "ids are in the server's files by design");
      assert.deepEqual(secrets.foundIn(bytes), []);
    });

    it("is not in the browser's database", async () => {
      const bytes = await recordsOf(story.first.page);
      assert.deepEqual(visible.foundIn(bytes).sort(), expected, "ids are in the database by design");
      assert.deepEqual(secrets.foundIn(bytes), []);
    });

    it("is not in the browser's files", async () => {
      // In part: what LevelDB has compacted is compressed. The latest records are not.
      const bytes = await filesBelow(join(profiles[0].directory, "Default", "IndexedDB"));
      assert.notDeepEqual(visible.foundIn(bytes), []);
      assert.deepEqual(secrets.foundIn(bytes), []);
    });
  });
}

/** The titles, addresses and folder names of the sample, each once. */
async function contentOfSample(page) {
  const texts = await page.evaluate((html) => {
    const document = new DOMParser().parseFromString(html, "text/html");
    const elements = [...document.querySelectorAll("a, h3")];
    return elements.flatMap((element) => [element.textContent.trim(), element.getAttribute("href")?.trim() ?? ""]);
  }, await readFile(SAMPLE, "utf8"));
  return new Set(texts);
}

/** The names of all databases of a page, and the keys and values of all their records. */
async function recordsOf(page) {
  const url = await page.evaluate(async () => {
    const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const parts = [];
    for (const { name } of await indexedDB.databases()) {
      parts.push(name);
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const records = database.transaction(store).objectStore(store);
        const take = (value) => {
          if (typeof value === "string" || value instanceof Uint8Array) parts.push(value);
          else if (typeof value === "number") parts.push(String(value));
          else if ([Array.prototype, Object.prototype].includes(Object.getPrototypeOf(value))) Object.values(value).forEach(take);
          else throw new Error(`the search cannot read a ${value.constructor?.name} in ${store}`);
        };
        [...(await done(records.getAllKeys())), ...(await done(records.getAll()))].forEach(take);
      }
      database.close();
    }
    const reader = new FileReader();
    reader.readAsDataURL(new Blob(parts));
    await new Promise((resolve) => (reader.onload = resolve));
    return reader.result;
  });
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

/** The content of all files, one after the other: of a SQLite database that is also its write-ahead log. */
async function filesBelow(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map(({ parentPath, path, name }) => readFile(join(parentPath ?? path, name)))));
}
