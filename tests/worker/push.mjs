import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { User } from "./client.mjs";

const MIB = 1_048_576;

export function push(server) {
  describe("push", () => {
    it("treats each change as a frame: stores it, sends it to all sockets, and answers 200 when all were taken", async () => {
      const user = await User.register(server);
      const [laptop, phone] = [await user.device("laptop"), await user.device("phone")];
      const [one, other] = [user.event(), user.event({ entity_type: "group" })];
      const stale = user.event({ entity_id: one.entity_id, timestamp: one.timestamp - 1 });
      const response = await user.post("/sync/push", { changes: [one, other, stale] });
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { results: [one, other, stale].map(({ id }) => ({ status: "taken", id })) });

      const sent = [one, other].map((event) => ({ type: "sync", event }));
      assert.deepEqual(await laptop.received(), sent);
      assert.deepEqual(await phone.received(), sent);
      assert.deepEqual(await user.log(), [one, other]);
      await Promise.all([laptop.close(), phone.close()]);
    });

    it("takes what it can, answers 400 and says of each change what became of it", async () => {
      const [user, other] = [await User.register(server), await User.register(server)];
      const good = user.event();
      const changes = [
        user.event({ entity_type: "todo" }),
        good,
        user.event({ user_id: other.id }),
        user.event({ timestamp: Date.now() + 3_600_000 }),
        "no event",
      ];
      const response = await user.post("/sync/push", { changes });
      assert.equal(response.status, 400);
      const { error, results } = await response.json();
      assert.match(error, /^4 of 5 changes were refused/);
      assert.deepEqual(
        results.map(({ status, id, code }) => [status, id, code]),
        [
          ["refused", changes[0].id, "invalid"],
          ["taken", good.id, undefined],
          ["refused", changes[2].id, "forbidden"],
          ["refused", changes[3].id, "too_far_future"],
          ["refused", undefined, "invalid"],
        ],
      );
      assert.deepEqual(await user.log(), [good]);
    });

    it("refuses what is no list of changes", async () => {
      const user = await User.register(server);
      for (const body of ["", "{", "[]", {}, { changes: {} }, { changes: null }, { changes: "x" }, { events: [] }]) {
        assert.equal((await user.post("/sync/push", body)).status, 400, JSON.stringify(body));
      }
      assert.deepEqual(await (await user.post("/sync/push", { changes: [] })).json(), { results: [] });
    });

    it("refuses a body above 1 MiB, whether or not its length is told ahead", async () => {
      const user = await User.register(server);
      const padded = (bytes) => `{"changes":[]}${" ".repeat(bytes - 14)}`;
      assert.equal((await user.post("/sync/push", padded(MIB))).status, 200);
      assert.equal((await user.post("/sync/push", padded(MIB + 1))).status, 413);

      const response = await fetch(`${server.origin}/api/v1/sync/push`, {
        method: "POST",
        headers: { Origin: server.origin, Cookie: user.cookie },
        body: new Blob([padded(MIB + 1)]).stream(),
        duplex: "half",
      });
      assert.equal(response.status, 413);
      assert.match((await response.json()).error, /1,048,576/);
    });

    it("refuses an event that fits the body and would not fit a frame", async () => {
      const user = await User.register(server);
      const event = user.event({ encrypted_data: "" });
      const room = MIB - JSON.stringify({ changes: [event] }).length;
      event.encrypted_data = "A".repeat(room - (room % 4));
      assert.ok(JSON.stringify({ type: "sync", event }).length > MIB);
      const response = await user.post("/sync/push", { changes: [event] });
      assert.equal(response.status, 400);
      assert.equal((await response.json()).results[0].code, "too_large");
    });

    it("is not harmed by depth or by names that objects inherit", async () => {
      const user = await User.register(server);
      const event = user.event();
      const deep = `${"[".repeat(400_000)}${"]".repeat(400_000)}`;
      const odd = [`{"__proto__":{"id":"sync_1"}}`, `{"deep":${deep},${JSON.stringify(event).slice(1)}`];
      const body = `{"__proto__":{"changes":[]},"changes":[${odd}]}`;
      const response = await user.post("/sync/push", body);
      const { results } = await response.json();
      assert.deepEqual(results.map(({ status, id }) => [status, id]), [["refused", undefined], ["taken", event.id]]);
      assert.deepEqual(await user.log(), [event]);
    });
  });
}
