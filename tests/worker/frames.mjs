import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { User } from "./client.mjs";

const MIB = 1_048_576;
const MINUTE = 60_000;

/** Frames that are wrong before there is an event to name. */
const BROKEN_FRAMES = {
  "no JSON": "hello",
  "nothing": "",
  "half an object": '{"type":"sync","event":{"id":"sync_1"',
  "a string": '"ping"',
  "a number": "1",
  "null": "null",
  "an array": '[{"type":"ping"}]',
  "no type": "{}",
  "an unknown type": '{"type":"hello"}',
  "a type that is no string": '{"type":{"type":"ping"}}',
  "the name of an inherited property": '{"type":"constructor"}',
  "a type by way of the prototype": '{"__proto__":{"type":"ping"}}',
  "a server's frame": '{"type":"ack","ids":["sync_1"]}',
  "bytes": Buffer.from('{"type":"ping"}'),
  "a sync without an event": '{"type":"sync"}',
  "an event that is null": '{"type":"sync","event":null}',
  "an event that is an array": '{"type":"sync","event":[]}',
  "an event that is a string": '{"type":"sync","event":"sync_1"}',
  "500,000 nested arrays": "[".repeat(500_000) + "]".repeat(500_000),
  "150,000 nested objects": '{"a":'.repeat(150_000) + "1" + "}".repeat(150_000),
};

/** For each field of an event, values that it may not have. `undefined` leaves it out. */
const BROKEN_FIELDS = {
  id: [undefined, null, 1, "", "with space", "sync_é", "sync_\n", "x".repeat(65), ["sync_1"]],
  user_id: [undefined, null, 1, "", "\ud800", "x".repeat(257), { id: 1 }],
  entity_type: [undefined, null, "", "Bookmark", "todo", "__proto__", "constructor", ["bookmark"]],
  entity_id: [undefined, null, 7, "", "lone \udfff", "x".repeat(257), "é".repeat(129), {}],
  operation: [undefined, null, "", "Create", "patch", "toString", true],
  timestamp: [undefined, null, 0, -1, 1.5, "1735430400000", 2 ** 53, 1e300, [1], true],
  device_id: [undefined, null, 1, "", "with space", "gerät", "x".repeat(65)],
  encrypted_data: [undefined, null, "", 1, "abc", "abc=d", "ab=c", "====", "a===", "ab-_", "YWJj\n", "YWJ j", "QR==", "QUJ=", ["YWJj"]],
  data_hash: [undefined, null, 1, "", "A".repeat(64), "0".repeat(63), "0".repeat(65), "g".repeat(64)],
  conflict_resolved: [undefined, null, 0, "false"],
  resolution_strategy: [1, {}, false, "lone \ud800"],
};

export function frames(server) {
  describe("frames that are refused", () => {
    it("answers each with an error, keeps the socket and takes the next event", async () => {
      const user = await User.register(server);
      const [laptop, phone] = [await user.device("laptop"), await user.device("phone")];
      for (const [what, frame] of Object.entries(BROKEN_FRAMES)) {
        laptop.send(frame);
        const { type, code, error, ...rest } = await laptop.next();
        assert.deepEqual({ type, code, rest }, { type: "error", code: "invalid", rest: {} }, what);
        assert.ok(error.length > 10, what);
      }
      const event = user.event();
      assert.deepEqual(await laptop.sync(event), { type: "ack", ids: [event.id] });
      assert.deepEqual(await phone.received(), [{ type: "sync", event }]);
      await Promise.all([laptop.close(), phone.close()]);
    });

    for (const [field, values] of Object.entries(BROKEN_FIELDS)) {
      it(`refuses an event whose ${field} breaks the limits, over both ways`, async () => {
        const user = await User.register(server);
        const laptop = await user.device("laptop");
        for (const value of values) {
          const event = user.event({ [field]: value });
          const named = field === "id" ? {} : { id: event.id };
          const what = JSON.stringify(value);
          const { error, ...frame } = await laptop.sync(event);
          assert.deepEqual(frame, { type: "error", code: "invalid", ...named }, what);
          assert.ok(error.startsWith(`\`${field}\` must be `), error);

          const response = await user.post("/sync/push", { changes: [event] });
          assert.equal(response.status, 400, what);
          assert.deepEqual((await response.json()).results, [{ status: "refused", code: "invalid", error, ...named }], what);
        }
        assert.deepEqual(await user.log(), []);
        await laptop.close();
      });
    }

    it("refuses another user's event", async () => {
      const [user, other] = [await User.register(server), await User.register(server)];
      const laptop = await user.device("laptop");
      const { type, id, code } = await laptop.sync(user.event({ id: "sync_1", user_id: other.id }));
      assert.deepEqual({ type, id, code }, { type: "error", id: "sync_1", code: "forbidden" });
      assert.deepEqual(await user.log(), []);
      assert.deepEqual(await other.log(), []);
      await laptop.close();
    });

    it("refuses for now what is more than five minutes ahead, and says when it will not be", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const early = user.event({ timestamp: Date.now() + 6 * MINUTE });
      const { error, retryAfter, ...frame } = await laptop.sync(early);
      assert.deepEqual(frame, { type: "error", id: early.id, code: "too_far_future" });
      assert.match(error, /clock/);
      assert.ok(retryAfter > 50 && retryAfter <= 60, `${retryAfter}`);
      assert.equal((await laptop.sync(user.event({ timestamp: Number.MAX_SAFE_INTEGER }))).retryAfter, 3600);

      const ahead = user.event({ timestamp: Date.now() + 4 * MINUTE });
      assert.deepEqual(await laptop.sync(ahead), { type: "ack", ids: [ahead.id] });
      assert.deepEqual(await user.log(), [ahead]);
      await laptop.close();
    });
  });

  describe("limits and odd but correct frames", () => {
    it("takes a frame of 1 MiB, and sends on and hands out all of it", async () => {
      const user = await User.register(server);
      const [laptop, phone] = [await user.device("laptop"), await user.device("phone")];
      const event = ofFrameLength(user, MIB);
      assert.deepEqual(await laptop.sync(event), { type: "ack", ids: [event.id] });
      assert.deepEqual(await phone.received(), [{ type: "sync", event }]);
      assert.deepEqual(await user.log(), [event]);
      await Promise.all([laptop.close(), phone.close()]);
    });

    it("refuses a frame above 1 MiB, counted in bytes of UTF-8, and names its event where that can be read", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const longer = ofFrameLength(user, MIB + 1);
      const wider = user.event({ resolution_strategy: "é".repeat(MIB / 2) });
      assert.ok(frameOf(wider).length < MIB);
      for (const event of [longer, wider]) {
        const { type, id, code } = await laptop.sync(event);
        assert.deepEqual({ type, id, code }, { type: "error", id: event.id, code: "too_large" });
      }
      laptop.send("x".repeat(MIB + 1));
      const { type, id, code } = await laptop.next();
      assert.deepEqual({ type, id, code }, { type: "error", id: undefined, code: "too_large" });
      laptop.send(frameOf(ofFrameLength(user, 3 * MIB)));
      assert.equal((await laptop.next()).code, "too_large");
      assert.deepEqual(await user.log(), []);
      await laptop.close();
    });

    it("refuses an event that is within the limit as it came and above it as it would be sent on", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const event = ofFrameLength(user, MIB + 8, { timestamp: 1e12 });
      const frame = frameOf(event).replace("1000000000000", "1e12");
      assert.ok(frame.length <= MIB);
      laptop.send(frame);
      const { type, id, code } = await laptop.next();
      assert.deepEqual({ type, id, code }, { type: "error", id: event.id, code: "too_large" });
      await laptop.close();
    });

    it("keeps the longest ids and every character of them", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const printable = String.fromCharCode(...Array.from({ length: 94 }, (_, i) => 0x21 + i));
      const events = [
        user.event({ id: printable.slice(0, 64), device_id: printable.slice(-64) }),
        user.event({ entity_id: "é".repeat(128) }),
        user.event({ entity_id: "🔖\u0000'; DROP TABLE event; --\u2028" }),
        user.event({ entity_id: "__proto__", timestamp: 1 }),
        user.event({ conflict_resolved: true, resolution_strategy: "last-write-wins 🔖" }),
        user.event({ operation: "delete" }),
      ];
      for (const event of events) assert.deepEqual(await laptop.sync(event), { type: "ack", ids: [event.id] });
      assert.deepEqual(await user.log(), events);
      await laptop.close();
    });

    it("takes null for absent, and never sends it", async () => {
      const user = await User.register(server);
      const [laptop, phone] = [await user.device("laptop"), await user.device("phone")];
      const { encrypted_data: _, ...event } = user.event({ operation: "delete" });
      assert.equal((await laptop.sync({ ...event, encrypted_data: null, resolution_strategy: null })).type, "ack");
      assert.deepEqual(await phone.received(), [{ type: "sync", event }]);
      assert.deepEqual(await user.log(), [event]);
      await Promise.all([laptop.close(), phone.close()]);
    });

    it("passes on the fields of an event and nothing else", async () => {
      const user = await User.register(server);
      const [laptop, phone] = [await user.device("laptop"), await user.device("phone")];
      const event = user.event();
      const extra = `"extra":{"a":1},"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}`;
      laptop.send(`{"type":"sync","extra":1,"event":{${extra},${JSON.stringify(event).slice(1)}}`);
      assert.deepEqual(await laptop.next(), { type: "ack", ids: [event.id] });

      const [frame] = await phone.received();
      assert.deepEqual(Object.keys(frame), ["type", "event"]);
      assert.deepEqual(Object.keys(frame.event).sort(), Object.keys(event).sort());
      assert.deepEqual(Object.keys((await user.log())[0]).sort(), Object.keys(event).sort());
      await Promise.all([laptop.close(), phone.close()]);
    });

    it("reads a repeated key once for all: what it checks is what it sends on", async () => {
      const [user, other] = [await User.register(server), await User.register(server)];
      const [laptop, phone] = [await user.device("laptop"), await user.device("phone")];
      const event = user.event();
      laptop.send(`{"type":"sync","event":{"user_id":${JSON.stringify(other.id)},"id":"sync_first",${JSON.stringify(event).slice(1)}}`);
      assert.deepEqual(await laptop.next(), { type: "ack", ids: [event.id] });
      assert.deepEqual(await phone.received(), [{ type: "sync", event }]);
      await Promise.all([laptop.close(), phone.close()]);
    });
  });
}

const frameOf = (event) => JSON.stringify({ type: "sync", event });

/** An event whose frame has exactly `bytes`; the entity's id takes up what base64 cannot. */
function ofFrameLength(user, bytes, fields = {}) {
  const bare = user.event({ entity_id: "x", encrypted_data: "", ...fields });
  const room = bytes - frameOf(bare).length;
  const body = room - (room % 4);
  return { ...bare, entity_id: "x".repeat(1 + (room % 4)), encrypted_data: "A".repeat(body) };
}
