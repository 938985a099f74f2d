import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ANY_ID, GENERATIONS, Mate } from "./client.mjs";
import { DATES } from "./teams.mjs";

const PEOPLE = { seed: { claimedBy: null, claimedByName: null, claimedByAvatar: null }, latest: { assignees: [] } };

export function glintTodos(server) {
  for (const generation of GENERATIONS) {
    /** Two members who look at one set, past the greeting. */
    async function meet() {
      const ada = await Mate.join(server, { generation });
      const bob = await Mate.join(server, { team: ada.team, name: "Bob" });
      const set = await ada.makeSet();
      const [hers, his] = [await ada.listen(set), await bob.listen(set)];
      if (generation === "latest") await Promise.all([hers.next(), his.next()]);
      const part = () => Promise.all([hers.close(), his.close()]);
      return { ada, bob, set, hers, his, part };
    }

    describe(`glint: todos, ${generation}`, () => {
      it("makes a todo: answers with the row, and sends the row to everybody, its author included", async () => {
        const { ada, set, hers, his, part } = await meet();
        const { todo } = await ada.expect(201, "POST", `/sets/${set}/todos`, { title: "  Buy milk " });
        const { id, createdAt, updatedAt, ...rest } = todo;
        const shape = { userId: ada.id, parentId: null, title: "Buy milk", completed: false, sortOrder: 1, commentCount: 0, ...PEOPLE[generation] };
        assert.deepEqual(rest, shape);
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
        assert.match(createdAt, DATES[generation]);
        assert.equal(updatedAt, createdAt);
        assert.ok(Math.abs(Date.parse(createdAt.replace(" ", "T").replace(/Z?$/, "Z")) - Date.now()) < 10_000, "UTC");
        for (const listener of [hers, his]) assert.deepEqual(await listener.next(), { type: "todo:created", setId: set, todo });
        assert.deepEqual(await ada.todos(set), [todo]);
        await part();
      });

      it("lists a set in its order, with the role and the permissions", async () => {
        const { ada, bob, set, part } = await meet();
        const parent = await ada.makeTodo(set, "parent");
        const child = await bob.makeTodo(set, "child", parent.id);
        const second = await bob.makeTodo(set, "second", null);
        assert.deepEqual([child.sortOrder, second.sortOrder], [1, 2], "each behind its siblings");
        assert.equal(child.parentId, parent.id);
        await bob.patch(second.id, { sortOrder: 0.5 });

        const { todos, role, permissions } = await bob.expect(200, "GET", `/sets/${set}/todos`);
        assert.deepEqual(todos.map(({ title }) => title), ["second", "parent", "child"]);
        assert.equal(todos[0].sortOrder, 0.5);
        assert.equal(role, "admin");
        assert.equal(permissions.edit_any_todo, true);
        assert.equal(permissions.manage_settings, false);
        assert.equal("claim_todos" in permissions, generation === "seed");
        assert.equal("assign_todos" in permissions, generation === "latest");
        await part();
      });

      it("makes a second todo of a repeated request, or refuses the second title, as its generation does", async () => {
        const { ada, bob, set, his, part } = await meet();
        const first = await ada.makeTodo(set, "twice");
        assert.equal((await his.next()).todo.id, first.id);
        if (generation === "seed") {
          assert.notEqual((await ada.makeTodo(set, "twice")).id, first.id);
        } else {
          const { error } = await bob.expect(409, "POST", `/sets/${set}/todos`, { title: " twice " });
          assert.equal(error, "Todo item title already exists among sibling todos");
          assert.deepEqual(await his.before(ada, set), [], "no event of what was refused");
          await ada.makeTodo(set, "twice", first.id);
          const other = await ada.makeTodo(set, "other");
          await ada.expect(409, "PATCH", `/todos/${other.id}`, { title: "twice" });
          await ada.patch(first.id, { title: "twice " });
          assert.equal((await ada.todos(set)).find(({ id }) => id === other.id).title, "other");
        }
        await part();
      });

      it("stores a patch trimmed and known, and sends on its body as it came", async () => {
        const { ada, bob, set, hers, his, part } = await meet();
        const todo = await ada.makeTodo(set);
        await Promise.all([hers.next(), his.next()]);
        const body = { title: "  renamed ", completed: true, colour: "red", deep: { list: [1, null] }, parentId: ANY_ID };
        assert.deepEqual(await bob.patch(todo.id, body), { ok: true });
        for (const listener of [hers, his]) {
          assert.deepEqual(await listener.next(), { type: "todo:updated", setId: set, todo: { id: todo.id, ...body } });
        }
        const [stored] = await ada.todos(set);
        const { updatedAt, ...rest } = stored;
        const { updatedAt: before, ...unchanged } = todo;
        assert.deepEqual(rest, { ...unchanged, title: "renamed", completed: true });
        assert.ok(updatedAt >= before);
        await part();
      });

      it("changes only the fields that a patch names", async () => {
        const { ada, set, part } = await meet();
        const { id } = await ada.makeTodo(set, "title");
        await ada.patch(id, { completed: true });
        await ada.patch(id, { sortOrder: -2.5 });
        await ada.patch(id, { title: "new" });
        const shown = async () => (({ title, completed, sortOrder }) => ({ title, completed, sortOrder }))((await ada.todos(set))[0]);
        assert.deepEqual(await shown(), { title: "new", completed: true, sortOrder: -2.5 });
        await ada.patch(id, { completed: false, sortOrder: 0 });
        assert.deepEqual(await shown(), { title: "new", completed: false, sortOrder: 0 });
        await part();
      });

      it("never lets a patch speak for another todo", async () => {
        const { ada, set, his, part } = await meet();
        const [one, other] = [await ada.makeTodo(set), await ada.makeTodo(set)];
        await his.nextOf(2);
        await ada.patch(one.id, { id: other.id, completed: true });
        assert.deepEqual((await his.next()).todo, { id: one.id, completed: true });
        assert.deepEqual((await ada.todos(set)).map(({ completed }) => completed), [true, false]);
        await part();
      });

      it("deletes a todo with all below it, and names the root alone", async () => {
        const { ada, bob, set, his, part } = await meet();
        const [root, kept] = [await ada.makeTodo(set), await ada.makeTodo(set)];
        const child = await ada.makeTodo(set, "child", root.id);
        const grandchild = await bob.makeTodo(set, "grandchild", child.id);
        await his.nextOf(4);
        assert.deepEqual(await bob.expect(200, "DELETE", `/todos/${root.id}`), { ok: true });
        assert.deepEqual(await his.before(ada, set), [{ type: "todo:deleted", setId: set, id: root.id }]);
        assert.ok((await ada.todos(set)).some(({ id }) => id === kept.id));
        for (const { id } of [root, child, grandchild]) await ada.expect(404, "DELETE", `/todos/${id}`);
        await part();
      });

      it("reorders what is of the set and passes over the rest", async () => {
        const { ada, set, hers, his, part } = await meet();
        const [a, b, c] = [await ada.makeTodo(set, "a"), await ada.makeTodo(set, "b"), await ada.makeTodo(set, "c")];
        const other = await ada.makeSet();
        const elsewhere = await ada.makeTodo(other);
        await Promise.all([hers.nextOf(3), his.nextOf(3)]);
        const items = [c, a, elsewhere].map(({ id }, index) => ({ id, sortOrder: index + 0.25 }));
        const sent = items.map((item) => ({ ...item, title: "not an item's" }));
        assert.deepEqual(await ada.expect(200, "POST", "/todos/reorder", { setId: set, items: sent }), { ok: true });
        for (const listener of [hers, his]) assert.deepEqual(await listener.next(), { type: "todo:reordered", setId: set, items });
        assert.deepEqual((await ada.todos(set)).map(({ id }) => id), [c.id, a.id, b.id]);
        assert.deepEqual(await ada.todos(other), [elsewhere]);
        await part();
      });

      it("names what is not there", async () => {
        const { ada, set, part } = await meet();
        const cases = [
          ["GET", `/sets/${ANY_ID}/todos`, undefined, "Set not found"],
          ["POST", `/sets/${ANY_ID}/todos`, { title: "x" }, "Set not found"],
          ["POST", `/sets/${set}/todos`, { title: "x", parentId: ANY_ID }, "Parent todo not found"],
          ["PATCH", `/todos/${ANY_ID}`, { title: "x" }, "Not found"],
          ["DELETE", `/todos/${ANY_ID}`, undefined, "Not found"],
          ["POST", "/todos/reorder", { setId: ANY_ID, items: [{ id: ANY_ID, sortOrder: 1 }] }, "Set not found"],
        ];
        for (const [method, path, body, error] of cases) assert.deepEqual(await ada.expect(404, method, path, body), { error }, path);
        const other = await ada.makeTodo(await ada.makeSet());
        await ada.expect(404, "POST", `/sets/${set}/todos`, { title: "x", parentId: other.id });
        await part();
      });

      it("sends the events of one set to those who look at it alone", async () => {
        const { ada, bob, set, his, part } = await meet();
        const elsewhere = await ada.makeSet();
        const there = await bob.listen(elsewhere);
        if (generation === "latest") await there.next();
        const todo = await ada.makeTodo(elsewhere);
        await ada.patch(todo.id, { completed: true });
        await ada.expect(200, "DELETE", `/todos/${todo.id}`);
        assert.deepEqual(await his.before(ada, set), []);
        assert.deepEqual((await there.nextOf(3)).map(({ type }) => type), ["todo:created", "todo:updated", "todo:deleted"]);
        await Promise.all([part(), there.close()]);
      });

      it("has not the routes of the other generation", async () => {
        const { ada, set, part } = await meet();
        const { id } = await ada.makeTodo(set);
        if (generation === "latest") {
          await ada.expect(404, "POST", `/todos/${id}/claim`);
        } else {
          await ada.expect(404, "PUT", `/todos/${id}/assignees`, { userIds: [] });
          await ada.expect(404, "POST", `/todos/${id}/move`, { targetSetId: set });
          await ada.expect(404, "GET", `/sets/${set}/sse`);
        }
        await part();
      });
    });
  }
}
