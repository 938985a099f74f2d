import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bounded } from "../client.mjs";
import { GENERATIONS, glint, Mate } from "./client.mjs";

/** Starts the server anew, as it is deployed: without the switch for faults. */
export function glintRestart(server) {
  describe("glint: a restart without FAULTS", () => {
    const before = {};

    it("is prepared: teams of both generations, one with faults", async () => {
      for (const generation of GENERATIONS) {
        const ada = await Mate.join(server, { generation });
        const bob = await Mate.join(server, { team: ada.team, name: "Bob" });
        const set = await ada.makeSet();
        const parent = await ada.makeTodo(set, "parent");
        await bob.makeTodo(set, "child", parent.id);
        if (generation === "seed") await bob.expect(200, "POST", `/todos/${parent.id}/claim`);
        else await bob.expect(200, "PUT", `/todos/${parent.id}/assignees`, { userIds: [bob.id, ada.id] });
        const listener = await ada.listen(set);
        const shown = await ada.expect(200, "GET", `/sets/${set}/todos`);
        await ada.setFaults({ dropEvents: 1, loseReplies: 1000, replyAfterMs: 60_000, silentForMs: 60_000 });
        before[generation] = { ada, bob, set, parent, shown, listener };
      }
      await server.restart({});
      for (const { listener } of Object.values(before)) await bounded("the socket's end", listener.closed);
    });

    for (const generation of GENERATIONS) {
      it(`keeps users, members, sets and todos, ${generation}`, async () => {
        const { ada, bob, set, parent, shown } = before[generation];
        assert.deepEqual(await ada.expect(200, "GET", `/sets/${set}/todos`), shown);
        assert.deepEqual(await (await glint(server, "GET", "/api/auth/me", { cookie: ada.cookie })).json(), { user: ada.user });
        const eve = await Mate.join(server);
        eve.team = ada.team;
        await eve.expect(403, "GET", `/sets/${set}/todos`);

        const listener = await bob.listen(set);
        if (generation === "latest") assert.equal((await listener.next()).type, "realtime:ready");
        await ada.patch(parent.id, { completed: true });
        assert.deepEqual((await listener.next()).todo, { id: parent.id, completed: true }, "the stored faults are over");
        await listener.close();
      });
    }

    it("has no route for faults", async () => {
      const { ada } = before.latest;
      await ada.expect(404, "POST", "/faults", {});
    });
  });
}
