import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "../glint/page.mjs";
import { openPeerPage } from "../peer-page.mjs";
import { damage, stored } from "./database.mjs";

const BOUND = { timeout: 60_000 };
const GARBAGE = [255, 1, 2, 3, 4, 5, 6, 7, 8, 9];

const reports = () => errors.filter(({ code }) => code === "corrupt_record").map(({ fault, detail }) => `${fault} ${detail}`).sort();

/** What a record that was set aside says of where it stood, and the bytes that it had. */
function asideOf(records) {
  const text = new TextDecoder("latin1");
  return Object.values(records.corrupt).map((bytes) => ({ where: text.decode(new Uint8Array(bytes.slice(3, -GARBAGE.length))), bytes: bytes.slice(-GARBAGE.length) }));
}

export function corrupting(browser) {
  describe("a record that cannot be read", () => {
    it("is set aside with its bytes and told once; the rest is loaded, sent and pulled: BitMarks", BOUND, async (t) => {
      const { peer, page, problems, reload } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(async () => {
        await connect("live");
        await push("bm_1", "confirmed");
        await settled();
        sync.disconnect();
        for (const id of ["bm_2", "bm_3", "bm_4"]) await push(id, id);
        sync.close();
      });
      const before = await page.evaluate(stored);
      const [first, second] = Object.keys(before.outbox);
      const head = Object.keys(before.heads).find((key) => key.includes("bm_1"));
      await page.evaluate(damage, [["outbox", second, GARBAGE], ["heads", head, GARBAGE], ["meta", "clock", GARBAGE]]);
      await reload();
      await page.evaluate(() => connect("live"));
      await page.evaluate(() => settled());
      await page.evaluate(() => until(async () => Object.keys(await titles()).length === 3));
      assert.deepEqual(await page.evaluate(reports), ["browser heads", "browser meta", "browser outbox"]);
      assert.deepEqual(await page.evaluate(() => titles()), { bm_1: "confirmed", bm_2: "bm_2", bm_4: "bm_4" });
      await peer.received(3);
      assert.deepEqual(peer.events.map(({ entity_id }) => entity_id), ["bm_1", "bm_2", "bm_4"]);
      const aside = asideOf(await page.evaluate(stored));
      assert.deepEqual(aside.map(({ where }) => where).sort(), [head, second, "clock"].sort());
      assert.ok(aside.every(({ bytes }) => String(bytes) === String(GARBAGE)), first);
      // An entity whose head was set aside can be written again.
      await page.evaluate(async () => {
        await push("bm_1", "again");
        await settled();
        sync.close();
      });
      await reload();
      await page.evaluate(() => connect("live"));
      assert.deepEqual([await page.evaluate(reports), problems], [[], []]);
      assert.equal((await page.evaluate(() => titles())).bm_1, "again");
    });

    it("is set aside and told; the rest is loaded and sent, and the row read again: todos", BOUND, async (t) => {
      const { server, page, problems, reload } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(async () => {
        await connect("live");
        await sync.createTodo({ title: "on the server" });
        await settled();
        sync.disconnect();
        for (const title of ["one", "two", "three"]) await sync.createTodo({ title });
        sync.close();
      });
      const before = await page.evaluate(stored);
      const second = Object.keys(before.outbox)[1];
      const row = Object.keys(before.heads).find((key) => key.startsWith("r/"));
      await page.evaluate(damage, [["outbox", second, GARBAGE], ["heads", row, GARBAGE], ["meta", "alias/damaged", GARBAGE.slice(0, 4)]]);
      await reload();
      await page.evaluate(() => connect("live"));
      await page.evaluate(() => settled());
      await page.evaluate(() => until(async () => (await titles()).length === 3));
      assert.deepEqual(await page.evaluate(reports), ["browser heads", "browser meta", "browser outbox"]);
      assert.deepEqual([server.titles("inbox"), problems], [["on the server", "one", "three"], []]);
      assert.equal(Object.keys((await page.evaluate(stored)).corrupt).length, 3);
      await page.evaluate(() => sync.close());
      await reload();
      await page.evaluate(() => connect("live"));
      assert.deepEqual(await page.evaluate(() => titles()), ["on the server", "one", "three"]);
      assert.deepEqual(await page.evaluate(reports), []);
    });
  });
}
