import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPeerPage } from "../peer-page.mjs";
import { vectorEvent, VECTOR_KEY } from "./vector.mjs";

const BOUND = { timeout: 60_000 };
const OPTIONS = { key: VECTOR_KEY, format: "bitmarks-plain" };

/** Brings the app's own copy, which outlives the page, up to date. Resolves to the ids that came and went, and whether all came anew. */
async function mirror() {
  const { revision: known = 0, ids = [] } = JSON.parse(localStorage.getItem("mirror")) ?? {};
  const { revision, reset, entities, deleted } = await sync.changesSince(known);
  const came = entities.map(({ entityId }) => entityId);
  const went = deleted.map(({ entityId }) => entityId);
  const left = reset ? [] : ids.filter((id) => !went.includes(id));
  localStorage.setItem("mirror", JSON.stringify({ revision, ids: [...new Set([...left, ...came])].sort() }));
  return { came, went, reset };
}

/** The copy, and what it is a copy of. */
async function copyAndList() {
  return [JSON.parse(localStorage.getItem("mirror")).ids, Object.keys(await titles())];
}

export function mirroring(browser) {
  describe("changesSince", () => {
    it("keeps a copy over reloads: what came, what changed, what went, each once", BOUND, async (t) => {
      const { peer, page, reload } = await openPeerPage(browser, (end) => t.after(end));
      const copied = async () => {
        const told = await page.evaluate(mirror);
        const [copy, list] = await page.evaluate(copyAndList);
        assert.deepEqual(copy, list);
        return told;
      };
      await page.evaluate((options) => connect("live", options), OPTIONS);
      await page.evaluate(async () => {
        for (const id of ["bm_1", "bm_2", "bm_3"]) await push(id, "Rust");
      });
      assert.deepEqual(await copied(), { came: ["bm_1", "bm_2", "bm_3"], went: [], reset: false });
      assert.deepEqual((await copied()).went, []);
      await page.evaluate(() => settled());
      await copied(); // Of what was confirmed `pending` has changed.
      assert.deepEqual(await copied(), { came: [], went: [], reset: false });

      await page.evaluate(async () => {
        await sync.pushChange("bookmark", "bm_2", "delete");
        await push("bm_3", "Ferris");
        await push("bm_4", "Rust");
        sync.close();
      });
      peer.take(vectorEvent());
      await reload();
      await page.evaluate(async (options) => (globalThis.sync = await manager(options)), OPTIONS);
      assert.deepEqual(await copied(), { came: ["bm_3", "bm_4"], went: ["bm_2"], reset: false });
      await page.evaluate(async () => {
        sync.connect();
        await until(() => changes.some(({ entityId }) => entityId === "bm_new"));
      });
      assert.ok((await copied()).came.includes("bm_new"));
      await page.evaluate(() => settled());
      await copied();
      assert.deepEqual(await copied(), { came: [], went: [], reset: false });
    });

    for (const count of [2, 5]) it(`gives everything to a copy of a database of 3 changes, in one of ${count}`, BOUND, async (t) => {
      const { page, reload } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        for (const id of ["bm_1", "bm_2", "bm_3"]) await push(id, "Rust");
      });
      await page.evaluate(mirror);
      await page.evaluate(async () => {
        sync.close();
        for (const { name } of await indexedDB.databases()) {
          await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
        }
      });
      await reload();
      const ids = Array.from({ length: count }, (_, index) => `bm_new_${index}`);
      await page.evaluate(async (ids) => {
        globalThis.sync = await manager();
        for (const id of ids) await push(id, "Rust");
      }, ids);
      assert.deepEqual(await page.evaluate(mirror), { came: ids, went: [], reset: true });
    });
  });
}
