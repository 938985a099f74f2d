import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { User } from "./client.mjs";

const T = 1_735_430_400_000;

/** Stamps in rising order. Bytes decide, so that upper case is below lower case. */
const STAMPS = [
  { timestamp: T - 1, device_id: "device_z", id: "sync_z" },
  { timestamp: T, device_id: "device_A", id: "sync_A" },
  { timestamp: T, device_id: "device_A", id: "sync_a" },
  { timestamp: T, device_id: "device_A", id: "sync_a1" },
  { timestamp: T, device_id: "device_Z", id: "sync_0" },
  { timestamp: T, device_id: "device_a", id: "sync_00" },
  { timestamp: T, device_id: "device_a~", id: "sync_000" },
  { timestamp: T + 1, device_id: "device_0", id: "sync_0000" },
];

export function merge(server) {
  describe("last-write-wins", () => {
    it("keeps the larger stamp of each pair, in either order of arrival, and acks both", async () => {
      const user = await User.register(server);
      const [sender, witness] = [await user.device("sender"), await user.device("witness")];
      let compared = 0;
      for (const [low, lower] of STAMPS.entries()) {
        for (const higher of STAMPS.slice(low + 1)) {
          for (const arrival of [[lower, higher], [higher, lower]]) {
            const entity_id = `pair_${compared++}`;
            const events = arrival.map((stamp) => user.event({ ...stamp, entity_id }));
            for (const event of events) assert.deepEqual(await sender.sync(event), { type: "ack", ids: [event.id] });

            const winner = events.find((event) => event.id === higher.id);
            assert.deepEqual((await user.log()).filter((event) => event.entity_id === entity_id), [winner]);
            const broadcast = arrival[0] === higher ? [winner] : events;
            assert.deepEqual(await witness.received(), broadcast.map((event) => ({ type: "sync", event })));
          }
        }
      }
      assert.equal(compared, STAMPS.length * (STAMPS.length - 1));
      await Promise.all([sender.close(), witness.close()]);
    });

    it("takes a delete as any other change, and an older create does not bring the entity back", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const created = user.event({ timestamp: T });
      const { encrypted_data: _, ...deleted } = user.event({ entity_id: created.entity_id, operation: "delete", timestamp: T + 2 });
      const late = user.event({ entity_id: created.entity_id, operation: "update", timestamp: T + 1 });
      for (const event of [created, deleted, late]) assert.equal((await laptop.sync(event)).type, "ack");
      assert.deepEqual(await user.log(), [deleted]);
      assert.equal((await user.status()).total_bookmarks, 0);
      await laptop.close();
    });

    it("takes an event once, however often and by whichever way it comes", async () => {
      const user = await User.register(server);
      const [laptop, phone] = [await user.device("laptop"), await user.device("phone")];
      const event = user.event();
      assert.deepEqual(await laptop.sync(event), { type: "ack", ids: [event.id] });
      assert.deepEqual(await phone.received(), [{ type: "sync", event }]);

      assert.deepEqual(await laptop.sync(event), { type: "ack", ids: [event.id] });
      assert.deepEqual(await phone.sync(event), { type: "ack", ids: [event.id] });
      assert.equal((await user.post("/sync/push", { changes: [event, event] })).status, 200);
      assert.deepEqual(await laptop.received(), []);
      assert.deepEqual(await phone.received(), []);
      assert.deepEqual(await user.pull({ after_seq: 0 }), { changes: [event], next_seq: 1, has_more: false });
      await Promise.all([laptop.close(), phone.close()]);
    });

    it("keeps the first of two bodies under one stamp", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const first = user.event();
      const second = { ...user.event(), id: first.id, entity_id: first.entity_id, timestamp: first.timestamp };
      assert.notEqual(second.encrypted_data, first.encrypted_data);
      for (const event of [first, second]) assert.equal((await laptop.sync(event)).type, "ack");
      assert.deepEqual(await user.log(), [first]);
      await laptop.close();
    });

    it("keeps entities of one id and different types apart", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const events = ["bookmark", "history", "group"].map((entity_type) => user.event({ entity_type, entity_id: "same" }));
      for (const event of events) assert.equal((await laptop.sync(event)).type, "ack");
      assert.deepEqual(await user.log(), events);
      assert.equal((await user.status()).total_bookmarks, 1);
      await laptop.close();
    });

    it("gives every accepted write the next number and moves its entity to it, so that history does not grow", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const [moved, kept] = [user.event({ timestamp: T }), user.event({ timestamp: T })];
      await laptop.sync(moved);
      await laptop.sync(kept);
      const newest = { ...moved, id: "sync_newest", operation: "update", timestamp: T + 1 };
      await laptop.sync(newest);
      await laptop.sync(moved);

      const { changes, next_seq, has_more } = await user.pull({ after_seq: 0 });
      assert.deepEqual({ changes, next_seq, has_more }, { changes: [kept, newest], next_seq: 3, has_more: false });
      await laptop.close();
    });
  });
}
