import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPeerPage } from "../peer-page.mjs";
import { vectorEvent, VECTOR_KEY } from "./vector.mjs";

const MEBIBYTE = 1 << 20;
const sync = (fields) => JSON.stringify({ type: "sync", event: vectorEvent({ id: "sync_bad", entity_id: "bm_bad", ...fields }) });

/** What the server sends, and the code of the one error that it leads to. */
const FRAMES = {
  "nothing": ["", "bad_frame"],
  "no JSON": ["nonsense", "bad_frame"],
  "half of a frame": ['{"type":"sync","event":{"id":"sync_', "bad_frame"],
  "JSON that is no object": ["[1, 2, 3]", "bad_frame"],
  "an object without type": ['{"event":{}}', "bad_frame"],
  "a type that is no string": ['{"type":7}', "bad_frame"],
  "an unknown type": ['{"type":"surprise"}', "unknown_frame"],
  "a prototype in place of a type": ['{"__proto__":{"type":"pong"}}', "bad_frame"],
  "sync without event": ['{"type":"sync"}', "bad_frame"],
  "an event that is a list": ['{"type":"sync","event":[]}', "bad_frame"],
  "an id of the wrong type": [sync({ id: 7 }), "bad_frame"],
  "a time of the wrong type": [sync({ timestamp: "soon" }), "bad_frame"],
  "ids of the wrong type": ['{"type":"ack","ids":"sync_1"}', "bad_frame"],
  "an error of the wrong type": ['{"type":"error","error":{}}', "bad_frame"],
  "an error": ['{"type":"error","error":"Invalid message format"}', "server_error"],
  "a time of 0": [sync({ timestamp: 0 }), "bad_event"],
  "a time beyond 2^53": [sync({ timestamp: 1e300 }), "bad_event"],
  "an empty entity id": [sync({ entity_id: "" }), "bad_event"],
  "an entity id of 257 bytes": [sync({ entity_id: "é".repeat(128) + "x" }), "bad_event"],
  "a device id with a space": [sync({ device_id: "my phone" }), "bad_event"],
  "an unknown entity type": [sync({ entity_type: "password" }), "bad_event"],
  "an unknown operation": [sync({ operation: "upsert" }), "bad_event"],
  "a body that is no base64": [sync({ encrypted_data: "☂" }), "bad_event"],
  "a body that nobody sealed": [sync({ encrypted_data: Buffer.alloc(80).toString("base64") }), "bad_seal"],
  "a body that is too short": [sync({ encrypted_data: "AAAA" }), "bad_seal"],
  "a byte more than a mebibyte": ["x".repeat(MEBIBYTE + 1), "frame_too_large"],
  "more than a mebibyte of two-byte letters": ["é".repeat(MEBIBYTE / 2 + 1), "frame_too_large"],
  "eight mebibytes": ["x".repeat(8 * MEBIBYTE), "frame_too_large"],
  "a mebibyte of no JSON": ["x".repeat(MEBIBYTE), "bad_frame"],
  "bytes": [Buffer.from([0, 159, 146, 150]), "bad_frame"],
  "a mebibyte of bytes": [Buffer.alloc(MEBIBYTE), "bad_frame"],
  "deep lists": ["[".repeat(500_000), "bad_frame"],
  "deep objects": ['{"type":'.repeat(100_000), "bad_frame"],
  "a deep list in an event": [sync({}).replace('"bm_bad"', `${"[".repeat(200_000)}${"]".repeat(200_000)}`), "bad_frame"],
};

export function hostile(browser) {
  describe("a hostile server's frame", () => {
    const ends = [];
    let opened;
    before(async () => {
      opened = await openPeerPage(browser, (end) => ends.push(end));
      await opened.page.evaluate(async (key) => {
        globalThis.sync = await manager({ key: new Uint8Array(key), format: "bitmarks-plain" });
        sync.connect();
        await live(sync);
      }, VECTOR_KEY);
    });
    after(() => Promise.all(ends.map((end) => end())));

    Object.entries(FRAMES).forEach(([what, [frame, code]], index) => {
      it(`${what}: ${code}, and the next good frame works`, { timeout: 30_000 }, async () => {
        const { peer, page } = opened;
        const good = `bm_after_${index}`;
        await page.evaluate(() => (errors.length = 0));
        peer.send(frame);
        peer.take(vectorEvent({ id: `sync_${good}`, entity_id: good }));
        await page.evaluate((id) => until(() => changes.some(({ entityId }) => entityId === id)), good);
        const reports = await page.evaluate(() => until(() => errors.length > 0).then(() => errors));
        assert.deepEqual(reports.map((report) => report.code), [code]);
        assert.ok(reports[0].message.length > 0 && JSON.stringify(reports).length < 1000, "the report says what to do, and does not carry the frame");
      });
    });

    // A clock is taken for the server's only soon after a ping, and not where the page seems to have slept, as on a busy machine.
    it("a greeting by a clock of 2024: clock_skew, once the page is known to be awake", { timeout: 60_000 }, async () => {
      const { peer, page } = opened;
      await page.evaluate(() => (errors.length = 0));
      const greets = setInterval(() => peer.send('{"type":"connected","deviceId":"device_456","timestamp":1735430400000}'), 250);
      const pings = page.evaluate(() => {
        const asks = setInterval(() => dispatchEvent(new Event("online")), 250);
        return until(() => errors.length > 0).then(() => (clearInterval(asks), errors.map(({ code }) => code)));
      });
      const codes = await pings.finally(() => clearInterval(greets));
      assert.equal(codes[0], "clock_skew");
    });

    it("closed nothing, changed nothing and threw nothing", async () => {
      const { peer, page, problems } = opened;
      assert.equal(peer.dialled.length, 1);
      assert.deepEqual(peer.closed, []);
      assert.equal(await page.evaluate(async () => (await sync.list("bookmark")).length), Object.keys(FRAMES).length);
      assert.deepEqual(problems, []);
    });

    it("is reported for at most sixteen unknown names", async () => {
      const { peer, page } = opened;
      await page.evaluate(() => (errors.length = 0));
      for (let name = 0; name < 100; name++) peer.send({ type: `surprise ${name}` });
      peer.take(vectorEvent({ id: "sync_last", entity_id: "bm_last" }));
      await page.evaluate(() => until(() => changes.some(({ entityId }) => entityId === "bm_last")));
      const codes = await page.evaluate(() => errors.map(({ code }) => code));
      assert.deepEqual(codes, Array(15).fill("unknown_frame"), "one of the sixteen was spent above");
    });
  });
}
