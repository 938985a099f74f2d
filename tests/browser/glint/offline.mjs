import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 90_000 };

export function offline(browser) {
  describe("what is changed offline", () => {
    it("is shown after a reload, and sent once", BOUND, async (t) => {
      const { server, page, reload } = await openGlintPage(browser, (end) => t.after(end));
      server.isDown = true;
      const id = await page.evaluate(async () => {
        globalThis.sync = await manager();
        sync.connect();
        const { todoId, id } = await sync.createTodo({ title: "Milk" });
        await sync.updateTodo(todoId, { completed: true });
        await sync.createTodo({ title: "Oat", parentId: todoId });
        return id;
      });
      await reload();
      const shown = await page.evaluate(async () => {
        globalThis.sync = await manager();
        const [root] = await sync.todos();
        return { title: root.title, completed: root.completed, pending: root.pending, below: root.children.map(({ title }) => title) };
      });
      assert.deepEqual(shown, { title: "Milk", completed: true, pending: true, below: ["Oat"] });
      assert.deepEqual(server.writes, []);
      server.isDown = false;
      await page.evaluate(() => (sync.connect(), settled()));
      const sent = server.writes.map(({ method, body }) => [method, body.title ?? body.completed]);
      assert.deepEqual(sent, [["POST", "Milk"], ["PATCH", true], ["POST", "Oat"]]);
      assert.equal(server.todo("inbox", "Oat").parentId, server.todo("inbox", "Milk").id);
      assert.equal(await page.evaluate(async (id) => (await sync.receipt(id)).acknowledged, id), "confirmed");
    });

    it("stands in the order in which it was made, until the server gives it a place, and then", BOUND, async (t) => {
      const { server, page, reload } = await openGlintPage(browser, (end) => t.after(end));
      const titles = Array.from({ length: 12 }, (_, index) => `Todo ${index}`);
      const shown = () => page.evaluate(async () => (await sync.todos())[0].children.map(({ title }) => title));
      await page.evaluate(async (titles) => {
        globalThis.sync = await manager();
        const { todoId: parentId } = await sync.createTodo({ title: "Above" });
        for (const title of titles.slice(0, 6)) await sync.createTodo({ title, parentId });
        await Promise.all(titles.slice(6).map((title) => sync.createTodo({ title, parentId })));
      }, titles);
      assert.deepEqual(await shown(), titles);
      await reload();
      await page.evaluate(async () => (globalThis.sync = await manager()));
      assert.deepEqual(await shown(), titles);
      await page.evaluate(() => (sync.connect(), settled()));
      assert.deepEqual(await shown(), titles);
      assert.deepEqual(server.writes.map(({ body }) => body.title), ["Above", ...titles]);
    });

    it("is not sent again where the answer alone was lost", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      server.losesNextReply = true;
      const outcome = await page.evaluate(async () => (await sync.createTodo({ title: "Milk" })).acknowledged);
      assert.equal(outcome, "confirmed");
      assert.equal(server.writes.length, 1);
      assert.deepEqual(server.titles("inbox"), ["Milk"]);
      assert.deepEqual(await page.evaluate(() => titles()), ["Milk"]);
    });

    it("can be taken back before it is sent", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      const ended = await page.evaluate(async () => {
        globalThis.sync = await manager();
        const receipt = await sync.createTodo({ title: "Milk" });
        return [await receipt.cancel(), await receipt.acknowledged, await receipt.cancel(), await titles()];
      });
      assert.deepEqual(ended, [true, "cancelled", false, []]);
      await page.evaluate(() => (sync.connect(), until(() => sync.status.state === "live")));
      assert.deepEqual(server.writes, []);
    });
  });
}
