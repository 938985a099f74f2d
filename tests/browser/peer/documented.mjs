import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { openPeerPage } from "../peer-page.mjs";
import { USER_ID } from "../peer.mjs";
import { vectorEvent, VECTOR_DATA, VECTOR_KEY } from "./vector.mjs";

const BOUND = { timeout: 60_000 };
const DEFAULT_URL = "wss://app.bitmarks.sh/api/v1/sync/realtime";

/** BitMarks' own spelling, against a server that does what BitMarks' document says and no more. */
export function documented(browser) {
  describe("the document's own spelling", () => {
    it("queues calls until it is ready, sends the document's frames, and confirms by a pull", BOUND, async (t) => {
      const { peer, page, problems } = await openPeerPage(browser, (end) => t.after(end));
      const told = await page.evaluate(async (key) => {
        const sync = new sealwire.RealtimeSyncManager(userId, "device_456", new Uint8Array(key), { url });
        listen(sync).connect();
        const receipts = await Promise.all([
          sync.pushChange("bookmark", "bm_xyz", "create", { title: "Rust", url: "https://example.org/" }),
          sync.pushChange("history", "visit_1", "delete"),
        ]);
        const outcomes = await Promise.all(receipts.map(({ acknowledged }) => acknowledged));
        const { confirmation, account, pending } = sync.status;
        return { ids: receipts.map(({ id }) => id), outcomes, confirmation, account, pending, errors };
      }, VECTOR_KEY);

      const { ids, ...rest } = told;
      assert.deepEqual(rest, { outcomes: ["confirmed", "confirmed"], confirmation: "pull", account: "verified", pending: 0, errors: [] });
      const [dialled] = peer.dialled;
      assert.deepEqual(Object.fromEntries(dialled.searchParams), { user_id: USER_ID, device_id: "device_456" });
      for (const pull of peer.pulls) assert.deepEqual(Object.keys(pull).sort(), ["limit", "since"]);

      const [created, deleted] = peer.events;
      const hash = (text) => createHash("sha256").update(text).digest("hex");
      assertEvent(created, {
        id: ids[0], user_id: USER_ID, entity_type: "bookmark", entity_id: "bm_xyz", operation: "create", device_id: "device_456",
        data_hash: hash('{"title":"Rust","url":"https://example.org/"}'), conflict_resolved: false,
      });
      assert.equal(Buffer.from(created.encrypted_data, "base64").length, 24 + 45 + 16, "nonce, text and tag");
      assert.ok(!("encrypted_data" in deleted));
      assertEvent(deleted, {
        id: ids[1], user_id: USER_ID, entity_type: "history", entity_id: "visit_1", operation: "delete", device_id: "device_456",
        data_hash: hash(""), conflict_resolved: false,
      });
      assert.deepEqual(problems, []);
    });

    it("opens what another program sealed, live and after being away", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(async (key) => {
        globalThis.sync = new sealwire.RealtimeSyncManager(userId, "device_456", new Uint8Array(key), { url });
        listen(sync).connect();
        await live(sync);
      }, VECTOR_KEY);
      peer.take(vectorEvent());
      await page.evaluate(() => until(() => changes.length === 1));
      await page.evaluate(() => sync.disconnect());
      peer.take(vectorEvent({ id: "sync_missed", entity_id: "bm_missed" }));
      await page.evaluate(() => sync.connect());
      await page.evaluate(() => until(() => changes.length === 2));

      const changes = await page.evaluate(() => changes);
      assert.deepEqual(changes.map(({ entityId }) => entityId), ["bm_new", "bm_missed"]);
      for (const { type, entity, operation, data, origin, deviceId } of changes) {
        assert.deepEqual({ type, entity, operation, data, origin, deviceId }, {
          type: "create", entity: VECTOR_DATA, operation: "create", data: VECTOR_DATA, origin: "remote", deviceId: "device_789",
        });
      }
    });

    it("adopts the device id that BitMarks' own client has stored", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      const { stored, taken } = await page.evaluate(async () => {
        const stored = sealwire.generateDeviceId();
        localStorage.setItem("bitmarks_device_id", stored);
        const sync = await manager();
        sync.connect();
        await live(sync);
        return { stored, taken: sync.deviceId };
      });
      assert.equal(taken, stored);
      assert.equal(peer.dialled[0].searchParams.get("device_id"), stored);
    });

    it("reports a greeting to another device, and keeps its own id", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      peer.greets = "device_of_another";
      const told = await page.evaluate(async () => {
        const sync = await manager({ deviceId: "device_456" });
        sync.connect();
        await live(sync);
        return { deviceId: sync.deviceId, codes: errors.map(({ code }) => code) };
      });
      assert.deepEqual(told, { deviceId: "device_456", codes: ["device_mismatch"] });
    });

    it("dials BitMarks unless it is told another address", BOUND, async (t) => {
      // Nothing is really dialled: the socket only tells what it was asked for.
      const { page } = await openPeerPage(browser, (end) => t.after(end), () => {
        globalThis.dialled = [];
        globalThis.WebSocket = class extends EventTarget {
          bufferedAmount = 0;
          constructor(url) {
            super();
            dialled.push(url);
          }
          send() {}
          close() {}
        };
      });
      const dialled = await page.evaluate(async () => {
        const sync = new sealwire.RealtimeSyncManager(userId, "device_456", new Uint8Array(32));
        sync.connect();
        await until(() => dialled.length > 0);
        sync.close();
        return dialled;
      });
      assert.deepEqual(dialled, [`${DEFAULT_URL}?user_id=user_01ABC&device_id=device_456`]);
    });
  });
}

/** Beside `expected` an event has a time, and maybe a body; nothing else. */
function assertEvent({ timestamp, encrypted_data: _, ...rest }, expected) {
  assert.match(rest.id, /^sync_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.ok(Math.abs(timestamp - Date.now()) < 60_000);
  assert.deepEqual(rest, expected);
}
