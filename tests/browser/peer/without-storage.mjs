import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPeerPage } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };

const WITHOUT_INDEXEDDB = {
  "is missing": () => delete Object.getPrototypeOf(globalThis).indexedDB && delete globalThis.indexedDB,
  "is forbidden": () => {
    Object.defineProperty(globalThis, "indexedDB", {
      get() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
  },
  "cannot be opened": () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("A mutation operation was attempted on a database that did not allow mutations.", "InvalidStateError");
    };
  },
};

async function pushThree() {
  const sync = await manager();
  const receipts = [];
  for (const id of ["bm_1", "bm_2", "bm_3"]) receipts.push(await sync.pushChange("bookmark", id, "create", { title: id }));
  return {
    ids: receipts.map(({ id }) => id),
    durabilities: [...new Set(receipts.map(({ durability }) => durability))],
    storage: sync.status.storage,
    deviceId: sync.deviceId,
    pending: sync.status.pending,
  };
}

async function openAgain() {
  globalThis.sync = await manager();
  const list = await sync.list("bookmark");
  return { pending: sync.status.pending, deviceId: sync.deviceId, titles: list.map(({ data }) => data.title) };
}

export function withoutStorage(browser) {
  describe("where IndexedDB", () => {
    for (const [what, damage] of Object.entries(WITHOUT_INDEXEDDB)) {
      it(`${what}: localStorage keeps the queue and the device id over a reload`, BOUND, async (t) => {
        const { peer, page, problems, reload } = await openPeerPage(browser, (end) => t.after(end), damage);
        const { ids, deviceId, ...before } = await page.evaluate(pushThree);
        assert.deepEqual(before, { durabilities: ["relaxed"], storage: "localstorage", pending: 3 });

        await reload();
        assert.deepEqual(await page.evaluate(openAgain), { pending: 3, deviceId, titles: ["bm_1", "bm_2", "bm_3"] });
        await page.evaluate(() => sync.connect());
        const events = await peer.received(3);
        assert.deepEqual(events.map(({ id }) => id), ids);
        await page.evaluate(() => sync.forget());
        assert.equal(await page.evaluate(() => localStorage.length), 0);
        assert.deepEqual(problems, []);
      });
    }

    it("and localStorage are missing: a change is kept in memory, which the receipt says, and sent", BOUND, async (t) => {
      const { peer, page, problems } = await openPeerPage(browser, (end) => t.after(end), () => {
        for (const name of ["indexedDB", "localStorage"]) {
          Object.defineProperty(globalThis, name, {
            get() {
              throw new DOMException("The operation is insecure.", "SecurityError");
            },
          });
        }
      });
      const told = await page.evaluate(async () => {
        const sync = await manager();
        const { durability, acknowledged } = await sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
        sync.connect();
        return { storage: sync.status.storage, durability, outcome: await acknowledged };
      });
      assert.deepEqual(told, { storage: "memory", durability: "memory", outcome: "confirmed" });
      assert.equal(peer.events.length, 1);
      assert.deepEqual(problems, []);
    });
  });

  describe("a reload", () => {
    it("keeps the queue and the device id in IndexedDB", BOUND, async (t) => {
      const { page, reload } = await openPeerPage(browser, (end) => t.after(end));
      const { deviceId, durabilities, storage } = await page.evaluate(pushThree);
      assert.deepEqual({ durabilities, storage }, { durabilities: ["strict"], storage: "indexeddb" });
      await reload();
      assert.deepEqual(await page.evaluate(openAgain), { pending: 3, deviceId, titles: ["bm_1", "bm_2", "bm_3"] });
    });
  });
}
