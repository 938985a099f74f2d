import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { glint, Mate } from "./client.mjs";

const NOBODY = { claimedBy: null, claimedByName: null, claimedByAvatar: null };

function claimOf({ claimedBy, claimedByName, claimedByAvatar }) {
  return { claimedBy, claimedByName, claimedByAvatar };
}

export function glintPeople(server) {
  describe("glint: claim, seed", () => {
    it("claims and releases by the same request, and tells everybody", async () => {
      const ada = await Mate.join(server, { generation: "seed" });
      const bob = await Mate.join(server, { team: ada.team, name: "Bob" });
      const set = await ada.makeSet();
      const { id } = await ada.makeTodo(set);
      const his = await bob.listen(set);
      const hers = { claimedBy: ada.id, claimedByName: "Ada Lovelace", claimedByAvatar: null };

      assert.deepEqual(await ada.expect(200, "POST", `/todos/${id}/claim`), { ok: true, ...hers });
      assert.deepEqual(await his.next(), { type: "todo:claimed", setId: set, id, ...hers });
      assert.deepEqual(claimOf((await bob.todos(set))[0]), hers);

      assert.deepEqual(await bob.expect(409, "POST", `/todos/${id}/claim`), { error: "Already claimed by another user" });
      assert.deepEqual(claimOf((await bob.todos(set))[0]), hers, "a refused claim changes nothing");

      assert.deepEqual(await ada.expect(200, "POST", `/todos/${id}/claim`), { ok: true, ...NOBODY });
      assert.deepEqual(await his.next(), { type: "todo:claimed", setId: set, id, ...NOBODY });
      assert.equal((await bob.expect(200, "POST", `/todos/${id}/claim`)).claimedBy, bob.id);
      await his.close();
    });
  });

  describe("glint: assignees, latest", () => {
    it("replaces them by members whom the request names, and tells everybody", async () => {
      const ada = await Mate.join(server);
      const bob = await Mate.join(server, { team: ada.team, name: "Bob" });
      const eve = await Mate.join(server, { name: "Eve" });
      const set = await ada.makeSet();
      const { id } = await ada.makeTodo(set);
      const his = await bob.listen(set);
      await his.next();
      const assign = (userIds) => ada.expect(200, "PUT", `/todos/${id}/assignees`, { userIds });
      const person = (userId, name, username) => ({ userId, name, username, avatarUrl: null });
      const both = [person(bob.id, "Bob", "bob"), person(ada.id, "Ada Lovelace", "ada-lovelace")];

      assert.deepEqual(await assign([bob.id, ada.id, eve.id, bob.id, "nobody"]), { ok: true, assignees: both });
      assert.deepEqual(await his.next(), { type: "todo:assigned", setId: set, id, assignees: both });
      await glint(server, "POST", "/api/auth/demo", { cookie: eve.cookie, body: { name: "Eve", team: ada.team } });
      assert.deepEqual((await bob.todos(set))[0].assignees, both, "who joins later was not assigned before");

      await assign([ada.id]);
      assert.deepEqual((await his.next()).assignees, both.slice(1));
      await assign([]);
      assert.deepEqual((await his.next()).assignees, []);
      assert.deepEqual((await bob.todos(set))[0].assignees, []);
      await his.close();
    });

    it("refuses what is no list of ids", async () => {
      const ada = await Mate.join(server);
      const { id } = await ada.makeTodo(await ada.makeSet());
      for (const userIds of [undefined, null, ada.id, [1], [null], {}]) await ada.expect(400, "PUT", `/todos/${id}/assignees`, { userIds });
    });
  });
}
