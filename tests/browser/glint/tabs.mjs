import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countersOf, freeze } from "../freezing.mjs";
import { openTwoTabs } from "./page.mjs";

const BOUND = { timeout: 90_000 };
const PUSHES = 20;

const pushMany = (page, name) =>
  page.evaluate(
    async ({ count, name }) => {
      const receipts = await Promise.all(Array.from({ length: count }, (_, index) => sync.createTodo({ title: `${name} ${index}` })));
      globalThis.ended = Promise.all(receipts.map(({ acknowledged }) => acknowledged));
    },
    { count: PUSHES, name },
  );

const expected = (...names) => names.flatMap((name) => Array.from({ length: PUSHES }, (_, index) => `${name} ${index}`)).sort();

export function tabs(browser) {
  describe("two tabs of one set", () => {
    it("share an outbox, send each change once, and show the same", BOUND, async (t) => {
      const { server, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await Promise.all([pushMany(first, "first"), pushMany(second, "second")]);
      for (const page of [first, second]) assert.deepEqual(await page.evaluate(() => ended), Array(PUSHES).fill("confirmed"));
      assert.deepEqual(server.writes.map(({ body }) => body.title).sort(), expected("first", "second"));
      assert.deepEqual(server.titles("inbox"), expected("first", "second"));
      for (const page of [first, second]) {
        await page.evaluate(() => settled());
        assert.deepEqual(await page.evaluate(() => titles()), expected("first", "second"));
      }
      assert.deepEqual(server.dialled, { socket: 1, stream: 0 });
    });

    it("hand over when the one that sends is closed", BOUND, async (t) => {
      const { server, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await pushMany(second, "second");
      await server.written(3);
      await first.close();
      assert.deepEqual(await second.evaluate(() => ended), Array(PUSHES).fill("confirmed"));
      await second.evaluate(() => until(() => sync.status.state === "live"));
      // One may have been on its way when the tab went: it is looked for, not sent again.
      assert.deepEqual(server.titles("inbox"), expected("second"));
    });

    it("go on when the one that sends is frozen; thawed, it stores and sends nothing, and follows", BOUND, async (t) => {
      const { server, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await pushMany(first, "first");
      assert.deepEqual(await first.evaluate(() => ended), Array(PUSHES).fill("confirmed"));
      await second.evaluate(() => settled());
      const before = await countersOf(second);
      const thaw = await freeze(first);
      const began = Date.now();
      await pushMany(second, "second");
      await server.written(PUSHES + 1);
      t.diagnostic(`replaced after ${Date.now() - began} ms`);
      assert.deepEqual(await second.evaluate(() => ended), Array(PUSHES).fill("confirmed"));
      await second.evaluate(() => settled());
      const after = await countersOf(second);
      assert.equal(after.epoch, before.epoch + 1);
      await thaw();
      await first.evaluate(() => until(() => sync.status.state === "following"));
      await first.evaluate(async (count) => until(async () => (await sync.list()).filter(({ pending }) => !pending).length === count), 2 * PUSHES);
      assert.equal((await countersOf(second)).epoch, after.epoch);
      assert.deepEqual(server.titles("inbox"), expected("first", "second"));
      assert.equal(server.writes.length, 2 * PUSHES);
      for (const page of [first, second]) assert.deepEqual(await page.evaluate(() => titles()), expected("first", "second"));
      assert.equal(await first.evaluate(async () => (await sync.createTodo({ title: "thawed" })).acknowledged), "confirmed");
      assert.deepEqual(server.dialled, { socket: 2, stream: 0 });
    });

    it("tell each change in both, as own or another tab's", BOUND, async (t) => {
      const { first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await second.evaluate(() => sync.createTodo({ title: "Milk", id: "mine" }));
      for (const page of [first, second]) await page.evaluate(() => until(() => changes.some(({ formerId }) => formerId === "mine")));
      const told = (page) => page.evaluate(() => changes.filter(({ entityId }) => entityId === "mine").map(({ operation, origin }) => `${operation} ${origin}`));
      assert.equal((await told(second))[0], "create local");
      assert.equal((await told(first))[0], "create tab");
      for (const page of [first, second]) assert.equal((await page.evaluate(() => sync.list()))[0].key, "mine");
    });
  });
}
