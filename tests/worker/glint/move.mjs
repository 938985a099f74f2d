import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ANY_ID, Mate } from "./client.mjs";

export function glintMove(server) {
  /** A user with two sets, and a todo in the first that has a child and a grandchild. */
  async function begin() {
    const ada = await Mate.join(server);
    const [from, to] = [await ada.makeSet("from"), await ada.makeSet("to")];
    const parent = await ada.makeTodo(from, "parent");
    const root = await ada.makeTodo(from, "root", parent.id);
    const child = await ada.makeTodo(from, "child", root.id);
    const grandchild = await ada.makeTodo(from, "grandchild", child.id);
    return { ada, from, to, parent, root, child, grandchild };
  }

  describe("glint: move, latest", () => {
    it("takes the subtree along, makes its root a root, and tells both sets once", async () => {
      const { ada, from, to, parent, root, child, grandchild } = await begin();
      await ada.expect(200, "PUT", `/todos/${child.id}/assignees`, { userIds: [ada.id] });
      const [atFrom, atTo] = [await ada.listen(from), await ada.listen(to)];
      await Promise.all([atFrom.next(), atTo.next()]);

      assert.deepEqual(await ada.expect(200, "POST", `/todos/${root.id}/move`, { targetSetId: to }), { ok: true });
      const event = { type: "todo:moved", id: root.id, fromSetId: from, toSetId: to };
      assert.deepEqual(await atFrom.before(ada, from), [{ ...event, setId: from }]);
      assert.deepEqual(await atTo.before(ada, to), [{ ...event, setId: to }]);

      const moved = new Map((await ada.todos(to)).map((todo) => [todo.id, todo]));
      assert.equal(moved.get(root.id).parentId, null);
      assert.equal(moved.get(child.id).parentId, root.id);
      assert.equal(moved.get(grandchild.id).parentId, child.id);
      assert.equal(moved.get(child.id).assignees[0].userId, ada.id);
      const family = new Set([parent, root, child, grandchild].map(({ id }) => id));
      assert.deepEqual((await ada.todos(from)).map(({ id }) => id).filter((id) => family.has(id)), [parent.id]);

      await ada.patch(grandchild.id, { completed: true });
      assert.equal((await atTo.next()).todo.id, grandchild.id, "what it is from now on happens in the target set");
      assert.deepEqual(await atFrom.before(ada, from), []);
      await Promise.all([atFrom.close(), atTo.close()]);
    });

    it("puts it at the bottom unless the top is asked for", async () => {
      const { ada, to, root, parent } = await begin();
      await ada.makeTodo(to, "first");
      await ada.expect(200, "POST", `/todos/${root.id}/move`, { targetSetId: to });
      await ada.expect(200, "POST", `/todos/${parent.id}/move`, { targetSetId: to, insertAt: "top" });
      const roots = (await ada.todos(to)).filter(({ parentId }) => parentId === null);
      assert.deepEqual(roots.map(({ title }) => title), ["parent", "first", "root"]);
    });

    it("moves within a set, with one event", async () => {
      const { ada, from, root } = await begin();
      const listener = await ada.listen(from);
      await listener.next();
      await ada.expect(200, "POST", `/todos/${root.id}/move`, { targetSetId: from });
      assert.deepEqual(await listener.before(ada, from), [{ type: "todo:moved", setId: from, id: root.id, fromSetId: from, toSetId: from }]);
      assert.equal((await ada.todos(from)).find(({ id }) => id === root.id).parentId, null);
      await listener.close();
    });

    it("refuses a title that the target's roots have, and what is not there", async () => {
      const { ada, from, to, root } = await begin();
      await ada.makeTodo(to, "root");
      const before = await ada.todos(from);
      const move = (status, id, body) => ada.expect(status, "POST", `/todos/${id}/move`, body);
      await move(409, root.id, { targetSetId: to });
      assert.deepEqual(await move(404, root.id, { targetSetId: ANY_ID }), { error: "Target set not found" });
      await move(404, ANY_ID, { targetSetId: to });
      for (const body of [{}, { targetSetId: 1 }, { targetSetId: to, insertAt: "middle" }]) await move(400, root.id, body);
      assert.deepEqual(await ada.todos(from), before);
    });
  });
}
