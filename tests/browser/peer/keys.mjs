import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPeerPage, openTwoTabs } from "../peer-page.mjs";
import { bomb } from "./bomb.mjs";

const BOUND = { timeout: 60_000 };
const KEPT = { key: "kept" };
const FIRST = Array(32).fill(7);
const SECOND = Array(32).fill(8);
const RING = { key: [{ generation: 1, key: SECOND }] };

/** The code with which opening fails, or what it shows. */
async function opened(options) {
  try {
    globalThis.sync = await manager(options);
    return await titles();
  } catch ({ code, option }) {
    return option ? `${code} ${option}` : code;
  }
}

/** Everything that is stored of a kept key: which kinds of values, and whether one of them can be exported. */
async function stored() {
  const [{ name }] = await indexedDB.databases();
  const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
  const members = await new Promise((resolve) => (database.transaction("meta").objectStore("meta").get("keys").onsuccess = ({ target }) => resolve(target.result)));
  database.close();
  return members.map((member) =>
    Object.fromEntries(Object.entries(member).map(([field, value]) => [field, value instanceof CryptoKey ? `CryptoKey ${value.algorithm.name} ${value.extractable}` : value.length ?? value])),
  );
}

export function keys(browser) {
  describe("a key", () => {
    for (const format of ["sealwire-v1", "bitmarks-plain"]) {
      it(`of ${format} is kept where no script can read it, and need not be given again`, BOUND, async (t) => {
        const { page, reload } = await openPeerPage(browser, (end) => t.after(end));
        assert.equal(await page.evaluate(opened, { ...KEPT, format }), "key_missing");
        await reload();
        await page.evaluate((options) => connect("live", options), { key: FIRST, format });
        await page.evaluate(async () => (await push("bm_1", "Rust")).acknowledged);
        await reload();
        assert.deepEqual(await page.evaluate(opened, { ...KEPT, format }), { bm_1: "Rust" });
        const [member] = await page.evaluate(stored);
        const secrets = Object.values(member).filter((value) => String(value).startsWith("CryptoKey"));
        assert.deepEqual(secrets, [format === "sealwire-v1" ? "CryptoKey HKDF false" : "CryptoKey AES-GCM false"]);
        await reload();
        assert.equal(await page.evaluate(opened, { key: SECOND, format }), "key_mismatch");
      });
    }

    it("is not kept where the app says so, and its id tells another one from it all the same", BOUND, async (t) => {
      const { page, reload } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live", { persistKey: false }));
      await page.evaluate(async () => (await push("bm_1", "Rust")).acknowledged);
      assert.deepEqual(Object.keys((await page.evaluate(stored))[0]).sort(), ["generation", "id"]);
      for (const [options, expected] of [
        [{ ...KEPT, persistKey: false }, "key_missing"],
        [{ key: SECOND, persistKey: false }, "key_mismatch"],
        [{ key: FIRST, persistKey: false }, { bm_1: "Rust" }],
      ]) {
        await reload();
        assert.deepEqual(await page.evaluate(opened, options), expected);
      }
    });

    it("that was kept is dropped once the app wants it in memory only", BOUND, async (t) => {
      const { page, reload } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(opened, { key: FIRST });
      await reload();
      await page.evaluate(opened, { key: FIRST, persistKey: false });
      await reload();
      assert.equal(await page.evaluate(opened, KEPT), "key_missing");
    });

    it("can be wrapped under a password", BOUND, async (t) => {
      const { page, reload } = await openPeerPage(browser, (end) => t.after(end));
      const persistKey = { password: "correct horse" };
      await page.evaluate(opened, { key: FIRST, persistKey });
      await page.evaluate(() => push("bm_1", "Rust"));
      const [member] = await page.evaluate(stored);
      assert.deepEqual(Object.keys(member).sort(), ["bytes", "generation", "id", "iv", "salt"]);
      for (const [options, expected] of [
        [KEPT, "key_missing"],
        [{ ...KEPT, persistKey: { password: "battery staple" } }, "key_mismatch"],
        [{ ...KEPT, persistKey }, { bm_1: "Rust" }],
      ]) {
        await reload();
        assert.deepEqual(await page.evaluate(opened, options), expected);
      }
    });

    it("is wiped where it was given, if the app asks for that", BOUND, async (t) => {
      const { page } = await openPeerPage(browser, (end) => t.after(end));
      const left = await page.evaluate(async () => {
        const sums = [];
        for (const wipeKey of [false, true]) {
          const keys = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(7)];
          const ring = [{ generation: 0, key: keys[1] }];
          for (const key of [keys[0], ring]) (await sealwire.RealtimeSyncManager.open(sealwire.bitmarks({ url, userId, key, wipeKey }))).close();
          sums.push(keys.map((key) => key.reduce((sum, byte) => sum + byte)));
        }
        return sums;
      });
      assert.deepEqual(left, [[224, 224], [0, 0]]);
    });

    it("is refused in forms that cannot be used", BOUND, async (t) => {
      const { page } = await openPeerPage(browser, (end) => t.after(end));
      for (const [options, expected] of [
        [{ key: [{ generation: -1, key: FIRST }] }, "bad_option key"],
        [{ key: [{ generation: 1, key: FIRST }, { generation: 1, key: SECOND }] }, "bad_option key"],
        [{ key: FIRST, persistKey: "yes" }, "bad_option persistKey"],
        [{ key: FIRST, persistKey: { password: "" } }, "bad_option persistKey"],
        [{ key: FIRST, accept: ["rot13"] }, "bad_option accept"],
        [{ key: FIRST, compress: { above: -1 } }, "bad_option compress"],
        [{ key: FIRST, compress: { above: 10 }, format: "bitmarks-plain" }, "bad_option compress"],
      ]) {
        assert.equal(await page.evaluate(opened, options), expected);
      }
    });

    it("that opens nothing of the account stops the device before it sends anything, until the app accepts it", BOUND, async (t) => {
      const { peer, page, openTab } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await page.evaluate(async () => (await push("bm_1", "Rust")).acknowledged);
      const context = await browser.newContext();
      t.after(() => context.close());
      const other = await context.newPage();
      await other.addInitScript(`(${(await import("../peer-page.mjs")).prepare})(${JSON.stringify({ url: peer.url, userId: "user_01ABC" })})`);
      await other.goto(peer.origin);
      await other.waitForFunction(() => globalThis.sealwire !== undefined);
      const told = await other.evaluate(async (key) => {
        globalThis.sync = await manager({ key });
        await push("bm_2", "wrong");
        sync.connect();
        await until(() => sync.status.state === "stopped");
        return [sync.status.reason, sync.status.key, sync.status.pending];
      }, SECOND);
      assert.deepEqual(told, ["key_mismatch", "unknown", 1]);
      assert.equal(peer.events.length, 1);
      await other.evaluate(() => sync.acceptKey());
      await peer.received(2);
      assert.equal(await other.evaluate(() => sync.status.key), "verified");
      void openTab;
    });
  });

  describe("a key ring", () => {
    it("seals under the newest key and opens what is under the old one, which need not be given", BOUND, async (t) => {
      const { peer, page, reload } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await page.evaluate(async () => (await push("bm_1", "old")).acknowledged);
      const before = await page.evaluate(() => sync.keyId);
      await page.evaluate(async () => {
        sync.disconnect();
        await push("bm_2", "never sent");
        sync.close();
      });
      await reload();
      await page.evaluate(async (ring) => {
        await connect("live", ring);
        await settled();
      }, RING);
      assert.deepEqual(await page.evaluate(() => titles()), { bm_1: "old", bm_2: "never sent" });
      const keyIds = peer.events.map(({ encrypted_data }) => Buffer.from(encrypted_data, "base64").subarray(1, 17).toString("hex"));
      assert.deepEqual(keyIds, [before, await page.evaluate(() => sync.keyId)]);
      assert.notEqual(keyIds[0], keyIds[1]);
      await reload();
      assert.deepEqual(await page.evaluate(opened, { key: FIRST }), { bm_1: "old", bm_2: "never sent" });
      assert.equal(await page.evaluate(() => sync.keyId), keyIds[1], "nothing is sealed under an older key any more");
    });

    it("that one tab is given serves the other one too", BOUND, async (t) => {
      const { first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await second.evaluate(async (ring) => {
        sync.close();
        await connect("following", ring);
        await push("bm_1", "under the new key");
      }, RING);
      await first.evaluate(() => until(async () => (await titles()).bm_1 === "under the new key"));
      assert.deepEqual(await first.evaluate(() => errors.map(({ code }) => code)), []);
      assert.equal(await second.evaluate(async () => (await sync.receipt((await push("bm_2", "too")).id)).acknowledged), "confirmed");
    });
  });

  describe("forget", () => {
    it("wipes the account from the device, with another tab open", BOUND, async (t) => {
      const { first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await first.evaluate(() => push("bm_1", "Rust"));
      await second.evaluate(() => until(async () => (await titles()).bm_1 === "Rust"));
      await second.evaluate(() => sync.forget());
      assert.deepEqual(await second.evaluate(async () => (await indexedDB.databases()).length), 0);
      await first.evaluate(() => until(async () => (await codeOf(() => push("bm_2", "late"))) === "closed"));
      assert.equal(await second.evaluate(() => codeOf(() => push("bm_2", "late"))), "closed");
      assert.deepEqual(await second.evaluate(async () => [(await indexedDB.databases()).length, JSON.stringify(localStorage).includes("sealwire")]), [0, false]);
      assert.equal(await second.evaluate(opened, KEPT), "key_missing");
    });
  });

  describe("a compressed content", () => {
    it("that would be larger than any that is taken is refused as too_large, and the next one works", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await page.evaluate(async () => (await push("bm_1", "Rust")).acknowledged);
      peer.take(bomb("bm_bomb", 300_000_000));
      await page.evaluate(() => until(() => errors.length > 0));
      assert.deepEqual(await page.evaluate(() => errors.map(({ code, entityId }) => [code, entityId])), [["too_large", "bm_bomb"]]);
      peer.take(bomb("bm_small", 100));
      await page.evaluate(() => until(() => changes.some(({ entityId }) => entityId === "bm_small")));
      assert.deepEqual(Object.keys(await page.evaluate(() => titles())), ["bm_1", "bm_small"]);
    });
  });

  describe("compress", () => {
    it("makes large contents smaller on the wire, small ones not, and is opened without being asked for", BOUND, async (t) => {
      const { peer, page, reload } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(async () => {
        await connect("live", { compress: { above: 1_000 } });
        for (const [id, length] of [["bm_small", 500], ["bm_large", 100_000], ["bm_huge", 4_000_000]]) await push(id, "x".repeat(length));
        await settled();
        sync.close();
      });
      const lengths = Object.fromEntries(peer.events.map(({ entity_id, encrypted_data }) => [entity_id, encrypted_data.length]));
      assert.ok(lengths.bm_small > 500 && lengths.bm_large < 2_000 && lengths.bm_huge < 20_000, JSON.stringify(lengths));
      await reload();
      const shown = await page.evaluate(async () => {
        await connect("live");
        return [...Object.entries(await titles()).map(([id, title]) => [id, title.length]), ...errors];
      });
      assert.deepEqual(shown, [["bm_huge", 4_000_000], ["bm_large", 100_000], ["bm_small", 500]]);
      assert.equal(await page.evaluate(() => codeOf(() => push("bm_large", "x".repeat(100_000) + Array.from({ length: 1_000_000 }, Math.random)))), "too_large");
    });
  });
}
