import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { dialects } from "../fixtures/filling.mjs";
import { imported } from "../fixtures/making.mjs";

const BOUND = { timeout: 120_000 };
const FOLDER = new URL("../fixtures/", import.meta.url);
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));

export function keeping(browser) {
  describe("a database that a former version has left", () => {
    it("is there for each dialect", () => {
      assert.deepEqual([...new Set(files.map((file) => file.split("-")[0]))].sort(), Object.keys(dialects).sort());
    });

    for (const file of files) {
      it(`is opened, shown and delivered: ${file}`, BOUND, async (t) => {
        const { open, prepare, find, found } = dialects[file.split("-")[0]];
        const { server, page } = await open(browser, t);
        await prepare(server);
        await page.evaluate(imported, JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));
        assert.deepEqual(await find(server, page), found);
        assert.equal(await page.evaluate(() => sync.status.storage), "indexeddb");
      });
    }
  });
}
