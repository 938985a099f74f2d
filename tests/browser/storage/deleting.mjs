import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "../glint/page.mjs";
import { openPeerPage } from "../peer-page.mjs";
import { clearData } from "./database.mjs";

const BOUND = { timeout: 60_000 };

const told = () => errors.map(({ code, fault }) => `${fault} ${code}`);

export function deleting(browser) {
  describe("a database that the browser has deleted", () => {
    it("is missed at the next start: the device keeps its id, and the server fills it: BitMarks", BOUND, async (t) => {
      const { peer, page, problems, reload } = await openPeerPage(browser, (end) => t.after(end));
      const deviceId = await page.evaluate(async () => {
        await connect("live");
        await push("bm_1", "on the server");
        await settled();
        return sync.deviceId;
      });
      assert.deepEqual(await page.evaluate(told), [], "nothing is missed on a new device, nor where all is there");
      await page.goto(`${peer.origin}/sealwire.js`); // Of the same origin, and nothing uses the database.
      await clearData(page, "indexeddb");
      await reload();
      const after = await page.evaluate(async () => {
        globalThis.sync = await manager();
        await until(() => errors.length > 0);
        sync.connect();
        await until(async () => (await titles()).bm_1 !== undefined);
        return { deviceId: sync.deviceId, pending: sync.status.pending, titles: await titles() };
      });
      assert.deepEqual(after, { deviceId, pending: 0, titles: { bm_1: "on the server" } });
      assert.deepEqual(await page.evaluate(told), ["browser storage_lost"]);
      await reload();
      const again = await page.evaluate(async () => {
        await connect("live");
        return { deviceId: sync.deviceId, titles: await titles() };
      });
      assert.deepEqual(again, { deviceId, titles: { bm_1: "on the server" } });
      assert.deepEqual(await page.evaluate(told), []);
      // What was forgotten on purpose is not missed.
      await page.evaluate(() => sync.forget());
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
      await reload();
      await page.evaluate(() => connect("live"));
      assert.deepEqual([await page.evaluate(told), problems], [[], []]);
    });

    it("is missed at the next start, and the server fills it: todos", BOUND, async (t) => {
      const { server, page, reload } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(async () => {
        await connect("live");
        await sync.createTodo({ title: "on the server" });
        await settled();
      });
      assert.deepEqual(await page.evaluate(told), []);
      await page.goto(`${server.origin}/glint.js`);
      await clearData(page, "indexeddb");
      await reload();
      await page.evaluate(async () => {
        await connect("live");
        await until(async () => (await titles()).length === 1);
        await until(() => errors.length > 0);
      });
      assert.deepEqual(await page.evaluate(told), ["browser storage_lost"]);
      await reload();
      await page.evaluate(() => connect("live"));
      assert.deepEqual([await page.evaluate(told), await page.evaluate(() => titles())], [[], ["on the server"]]);
      await page.evaluate(() => sync.forget());
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    });

    it("while it is open: the manager stops with storage_lost, and writes nothing into another of its name", BOUND, async (t) => {
      for (const storageTypes of ["indexeddb", "all"]) {
        const { peer, page, problems } = await openPeerPage(browser, (end) => t.after(end));
        await page.evaluate(async () => {
          await connect("live");
          await push("bm_1", "on the server");
          await settled();
        });
        await clearData(page, storageTypes);
        await page.evaluate(() => until(() => errors.length > 0));
        const stopped = await page.evaluate(async () => ({
          codes: errors.map(({ code }) => code), state: sync.status.state, reason: sync.status.reason, push: await codeOf(() => push("bm_2", "late")),
          databases: (await indexedDB.databases()).length,
        }));
        assert.deepEqual(stopped, { codes: ["storage_lost"], state: "stopped", reason: "storage_lost", push: "storage_lost", databases: 0 });
        // A new manager goes on.
        await page.evaluate(async () => {
          await connect("live");
          await push("bm_3", "new");
          await settled();
        });
        assert.deepEqual(await page.evaluate(() => titles()), { bm_1: "on the server", bm_3: "new" });
        assert.deepEqual([peer.events.map(({ entity_id }) => entity_id), problems], [["bm_1", "bm_3"], []]);
      }
    });
  });
}
