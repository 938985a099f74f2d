import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 60_000 };

export function changing(browser) {
  for (const generation of [1, 2, 3]) {
    describe(`a todo on a server of generation ${generation}`, () => {
      it("is made, changed, placed and deleted, and told as the server has it", BOUND, async (t) => {
        const { server, page, problems } = await openGlintPage(browser, (end) => t.after(end), { generation });
        await page.evaluate(() => connect("live"));
        const { outcome, todoId, durability } = await page.evaluate(async () => {
          const { todoId, durability, acknowledged } = await sync.createTodo({ title: "Milk" });
          globalThis.todoId = todoId;
          return { outcome: await acknowledged, todoId, durability };
        });
        assert.deepEqual([outcome, durability], ["confirmed", "strict"]);
        assert.match(todoId, /^todo_[0-9a-f-]{36}$/);
        await page.evaluate(async () => {
          await sync.updateTodo(todoId, { title: "Oat milk", completed: true });
          const below = await sync.createTodo({ title: "Below", parentId: todoId });
          await sync.reorder([{ id: todoId, sortOrder: 0.5 }]);
          await below.acknowledged;
          await settled();
        });
        const { id } = server.todo("inbox", "Oat milk");
        const shown = await page.evaluate(async () => {
          const [{ children, ...root }] = await sync.todos();
          return { root, below: children.map(({ title, parentId }) => [title, parentId]), byFormer: (await sync.get(todoId)).id };
        });
        assert.deepEqual(shown.below, [["Below", id]]);
        assert.equal(shown.byFormer, id);
        const { key, pending, completed, sortOrder } = shown.root;
        assert.deepEqual({ key, pending, completed, sortOrder }, { key: todoId, pending: false, completed: true, sortOrder: 0.5 });
        await page.evaluate(async () => (await sync.deleteTodo(todoId)).acknowledged);
        assert.deepEqual(server.titles("inbox"), ["Below"]); // Glint deletes what is below; this one does not, and the list is the truth.
        assert.deepEqual(problems, []);
        assert.deepEqual(await page.evaluate(() => errors), []);
      });

      it("is claimed and released, in the words of the generation", BOUND, async (t) => {
        const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation });
        const { id } = server.add("inbox", { title: "Milk" });
        await page.evaluate(() => connect("live"));
        for (const claimed of [true, false]) {
          await page.evaluate(async ({ id, claimed }) => (await sync.claim(id, claimed)).acknowledged, { id, claimed });
          const { claimedBy, assignees } = server.todo("inbox", "Milk");
          assert.equal(generation < 3 ? claimedBy : (assignees[0]?.userId ?? null), claimed ? "user_1" : null);
        }
        const paths = server.writes.map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);
        assert.deepEqual(paths, Array(2).fill(generation < 3 ? "POST claim" : "PUT assignees"));
      });

      it("is told by the server's own events, as they came", BOUND, async (t) => {
        const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation });
        await page.evaluate(() => connect("live"));
        const { id } = server.add("inbox", { title: "By another" });
        await page.evaluate(() => until(() => changes.length > 0 && events.some(({ type }) => type === "todo:created")));
        const [{ operation, entityType, entityId, origin, data }] = await page.evaluate(() => changes);
        assert.deepEqual({ operation, entityType, entityId, origin, title: data.title }, {
          operation: "create", entityType: "todo", entityId: id, origin: "remote", title: "By another",
        });
        const told = await page.evaluate(() => events.map(({ type, setId }) => [type, setId]));
        assert.deepEqual(told, [...(generation === 1 ? [] : [["realtime:ready", undefined]]), ["todo:created", "inbox"]].map(([type, setId]) => [type, setId]));
      });
    });
  }

  describe("a temporary id", () => {
    it("gives way to the server's in one task: first its delete, then the create, each with the other id", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      const told = await page.evaluate(async () => {
        const told = [];
        let task = 0;
        const next = new MessageChannel();
        next.port1.onmessage = () => task++;
        sync.on("change", ({ operation, entityId, formerId, replacedBy }) => {
          told.push({ operation, entityId, formerId, replacedBy, task });
          next.port2.postMessage("");
        });
        const { acknowledged } = await sync.createTodo({ title: "Milk", id: "mine" });
        await acknowledged;
        next.port1.close();
        return told;
      });
      const { id } = server.todo("inbox", "Milk");
      const [made, gone, born] = told.map(({ task: _, ...rest }) => JSON.parse(JSON.stringify(rest)));
      assert.deepEqual(made, { operation: "create", entityId: "mine" });
      assert.deepEqual(gone, { operation: "delete", entityId: "mine", replacedBy: id });
      assert.deepEqual(born, { operation: "create", entityId: id, formerId: "mine" });
      assert.equal(told[1].task, told[2].task);
    });
  });

  describe("a change that the server refuses", () => {
    it("is told, kept, and sent again or given up, with what depends on it", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      server.refused.set("todos", [409, { error: "A todo of this title is there" }]);
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        globalThis.made = await sync.createTodo({ title: "Milk", id: "mine" });
        globalThis.edited = await sync.updateTodo("mine", { completed: true });
        sync.connect();
        await until(() => refusals.length === 2);
      });
      const [first, second] = await page.evaluate(() => refusals.map(({ code, reason, setId, operation, blockedBy }) => ({ code, reason, setId, operation, blockedBy })));
      assert.equal(first.code + first.reason + first.setId + first.operation, "refusedA todo of this title is thereinboxcreate");
      assert.equal(second.code, "blocked_by");
      assert.equal(second.blockedBy, await page.evaluate(() => made.id));
      assert.deepEqual(await page.evaluate(() => titles()), []);
      assert.equal((await page.evaluate(() => sync.wedged())).length, 2);
      server.refused.clear();
      assert.equal(await page.evaluate(async () => (await sync.retry(edited.id)) && (await edited.acknowledged)), "confirmed");
      assert.equal(server.todo("inbox", "Milk").completed, true);
    });
  });

  describe("a change of a todo that the server has refused to make", () => {
    it("waits for what becomes of that, and is never sent under the temporary id", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      server.refused.set("todos", [403, { error: "Read only" }]);
      await page.evaluate(() => connect("live"));
      await page.evaluate(async () => {
        globalThis.made = await sync.createTodo({ title: "Milk", id: "mine" });
        await until(() => refusals.length === 1);
      });
      const told = await page.evaluate(() => codeOf(() => sync.updateTodo("mine", { completed: true })));
      assert.ok(["nothing thrown", "bad_change"].includes(told), told);
      await page.evaluate(async () => (await sync.createTodo({ title: "Bread" })).id && until(() => refusals.length >= 2));
      assert.deepEqual(server.writes.filter(({ path }) => path.includes("mine")), []);
    });
  });

  describe("the sets of the team", () => {
    it("come from the server, else as they were seen last", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      const seen = await page.evaluate(async () => (globalThis.sync = await manager()).sets());
      assert.deepEqual(seen.sets.map(({ id }) => id), ["inbox", "later"]);
      assert.equal(seen.role, "owner");
      server.isDown = true;
      await page.evaluate((seen) => until(async () => JSON.stringify(await sync.sets()) === seen), JSON.stringify(seen));
    });
  });
}
