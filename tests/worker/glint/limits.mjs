import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { GENERATIONS, Mate } from "./client.mjs";

export function glintLimits(server) {
  describe("glint: limits", () => {
    it("takes a title of 500 characters, trimmed, and none above it", async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const { id, title } = await ada.makeTodo(set, `  ${"é".repeat(500)}  `);
      assert.equal(title, "é".repeat(500));
      for (const bad of ["x".repeat(501), "", "  ", 1, null, true, ["x"], {}, "\ud800"]) {
        await ada.expect(400, "POST", `/sets/${set}/todos`, { title: bad });
        await ada.expect(400, "PATCH", `/todos/${id}`, { title: bad });
      }
      await ada.expect(400, "POST", `/sets/${set}/todos`, {});
      assert.equal((await ada.todos(set)).length, 1);
    });

    it("keeps every character of a title", async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const title = "a\u0000b\u0001'\";--\u2028😀\u202e é %00 <b>";
      assert.equal((await ada.makeTodo(set, title)).title, title);
      assert.equal((await ada.todos(set))[0].title, title);
    });

    it("refuses types and values that are none", async () => {
      for (const generation of GENERATIONS) {
        const ada = await Mate.join(server, { generation });
        const set = await ada.makeSet();
        const { id } = await ada.makeTodo(set);
        const before = await ada.todos(set);
        const listener = await ada.listen(set);
        if (generation === "latest") await listener.next();

        const completed = [1, null, "true"].map((bad) => ({ completed: bad }));
        const sortOrder = ["1", null].map((bad) => ({ sortOrder: bad }));
        const patches = [{}, { colour: "red" }, ...completed, ...sortOrder];
        for (const body of [...patches, '{"sortOrder":1e999}', [], null, "{", "x"]) await ada.expect(400, "PATCH", `/todos/${id}`, body);
        for (const parentId of [1, true, {}, [], ""]) await ada.expect(400, "POST", `/sets/${set}/todos`, { title: "x", parentId });
        const items = [null, { id }, { sortOrder: 1 }, { id, sortOrder: "1" }, { id, sortOrder: null }, { id: 1, sortOrder: 1 }];
        for (const bad of [[], {}, undefined, ...items.map((item) => [item])]) {
          await ada.expect(400, "POST", "/todos/reorder", { setId: set, items: bad });
        }
        await ada.expect(400, "POST", "/todos/reorder", { items: [{ id, sortOrder: 1 }] });
        for (const name of [undefined, "", " ", 1, "x".repeat(101)]) await ada.expect(400, "POST", "/sets", { name });

        assert.deepEqual(await ada.todos(set), before);
        assert.deepEqual(await listener.before(ada, set), [], "what is refused is no event");
        await listener.close();
      }
    });

    it("bounds bodies, a reorder's less", async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const { id } = await ada.makeTodo(set);
      const padding = (bytes) => ({ completed: true, x: "x".repeat(bytes - JSON.stringify({ completed: true, x: "" }).length) });
      await ada.patch(id, padding(16_384));
      const { error } = await ada.expect(413, "PATCH", `/todos/${id}`, padding(16_385));
      assert.match(error, /16,384 bytes/);
      await ada.expect(413, "POST", `/sets/${set}/todos`, { title: "x".repeat(20_000) });
      await ada.expect(413, "POST", "/sets", { name: "x".repeat(20_000) });
      await ada.expect(413, "POST", "/todos/reorder", { setId: set, items: [], x: "x".repeat(1_048_576) });
      assert.equal((await ada.todos(set)).length, 1);
    });

    it("reorders 10,000 todos at once, and no more", async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const items = Array.from({ length: 10_000 }, (_, i) => ({ id: randomUUID(), sortOrder: i }));
      await ada.expect(200, "POST", "/todos/reorder", { setId: set, items });
      await ada.expect(400, "POST", "/todos/reorder", { setId: set, items: [...items, items[0]] });
    });

    it("takes no todo into a full set, by neither way", async () => {
      const ada = await Mate.join(server);
      const [set, other] = [await ada.makeSet(), await ada.makeSet()];
      await ada.setFaults({ fullAt: 2 });
      const { id } = await ada.makeTodo(set);
      const extra = await ada.makeTodo(other);
      await ada.makeTodo(other, "below", extra.id);
      assert.match((await ada.expect(400, "POST", `/todos/${extra.id}/move`, { targetSetId: set })).error, /at most 2 /);
      await ada.makeTodo(set);
      assert.match((await ada.expect(400, "POST", `/sets/${set}/todos`, { title: "x" })).error, /at most 2 /);
      await ada.expect(200, "POST", `/todos/${id}/move`, { targetSetId: set, insertAt: "top" });
      assert.deepEqual([(await ada.todos(set)).length, (await ada.todos(other)).length], [2, 2]);
      assert.equal((await ada.setFaults({})).faults.fullAt, 10_000);
      await ada.makeTodo(set);
    });

    it("takes 100 sets a team", async () => {
      const ada = await Mate.join(server);
      for (let i = 0; i < 100; i++) await ada.makeSet();
      await ada.expect(400, "POST", "/sets", { name: "one more" });
    });

    it("is not harmed by names that objects inherit", async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const { id } = await ada.makeTodo(set);
      const listener = await ada.listen(set);
      await listener.next();
      const body = '{"__proto__":{"admin":true},"constructor":1,"completed":true}';
      await ada.patch(id, body);
      const { todo } = await listener.next();
      assert.deepEqual(Object.keys(todo).sort(), ["__proto__", "completed", "constructor", "id"]);
      await listener.close();
    });
  });
}
