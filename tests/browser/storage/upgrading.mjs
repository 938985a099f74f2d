import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { openGlintPage } from "../glint/page.mjs";
import { openPeerPage } from "../peer-page.mjs";

const BOUND = { timeout: 120_000 };
const VERSION = 4;

/** From now on the pages of a context load a copy of the package that has another version of the layout. */
async function serveNewer(page, file) {
  const script = await readFile(new URL(`../../../pkg/${file}`, import.meta.url), "utf8");
  const newer = script.replaceAll(new RegExp(`(indexedDB\\.open\\([^)]*?,\\s*)${VERSION}\\)`, "g"), `$1${VERSION + 1})`).replaceAll(/VERSION = 4\b/g, `VERSION = ${VERSION + 1}`);
  assert.notEqual(newer, script, "the version of the layout was not found");
  await page.context().route(/\/(sealwire|glint)\.js$/, (route) => route.fulfill({ contentType: "text/javascript", body: newer }));
}

/** A server that confirms nothing is told of as well. */
const told = () => ({ codes: errors.map(({ code }) => code).filter((code) => code === "outdated" || code.startsWith("storage")), state: sync.status.state, reason: sync.status.reason });
const OUTDATED = { codes: ["outdated"], state: "stopped", reason: "outdated" };

export function upgrading(browser) {
  describe("two versions of the package", () => {
    it("in two tabs: the older yields and says so, and the newer sends what waits", BOUND, async (t) => {
      const { peer, openTab, page: older, problems } = await openPeerPage(browser, (end) => t.after(end));
      peer.isMute = true; // Nothing is confirmed, so everything waits.
      await older.evaluate(() => connect("live"));
      for (const id of ["bm_1", "bm_2", "bm_3"]) await older.evaluate((id) => push(id, id), id);
      await peer.received(3);

      await serveNewer(older, "index.js");
      const { page: newer } = await openTab();
      await newer.evaluate(() => manager().then((opened) => (globalThis.sync = opened)));
      await older.evaluate(() => until(() => errors.some(({ code }) => code === "outdated")));
      assert.deepEqual(await older.evaluate(told), OUTDATED);
      const refused = await older.evaluate(async () => [await codeOf(() => push("bm_4", "late")), await codeOf(() => sync.list("bookmark")), await codeOf(() => sync.connect())]);
      assert.deepEqual(refused, ["outdated", "outdated", "outdated"]);

      peer.isMute = false;
      const after = await newer.evaluate(async () => {
        sync.connect();
        await settled();
        return { storage: sync.status.storage, titles: await titles(), items: Object.keys(localStorage).filter((key) => key.startsWith("sealwire")) };
      });
      assert.deepEqual(after, { storage: "indexeddb", titles: { bm_1: "bm_1", bm_2: "bm_2", bm_3: "bm_3" }, items: [] });
      assert.deepEqual(problems, []);

      // The older one comes back.
      await older.context().unroute(/\/(sealwire|glint)\.js$/);
      const { page: late } = await openTab();
      assert.equal(await late.evaluate(() => codeOf(() => manager())), "outdated");
      const positional = await late.evaluate(async ({ key }) => {
        globalThis.sync = listen(new sealwire.RealtimeSyncManager(userId, "device_1", new Uint8Array(key), { url, format: "sealwire-v1" }));
        const ready = await sync.ready.catch(({ code }) => code);
        return { ready, push: await codeOf(() => push("bm_5", "late")) };
      }, { key: Array(32).fill(7) });
      assert.deepEqual({ ...positional, ...(await late.evaluate(told)) }, { ready: "outdated", push: "outdated", ...OUTDATED });
      assert.deepEqual(await newer.evaluate(() => titles()), { bm_1: "bm_1", bm_2: "bm_2", bm_3: "bm_3" });
    });

    it("in two tabs, of todos as well, with a change that is being stored: it is stored, or refused and not there", BOUND, async (t) => {
      const { server, openTab, page: older } = await openGlintPage(browser, (end) => t.after(end));
      server.isDown = true;
      await older.evaluate(() => manager().then((opened) => (globalThis.sync = opened)));
      await older.evaluate(() => {
        globalThis.ended = [];
        globalThis.made = (async () => {
          for (let number = 0; errors.length === 0; number++) {
            const title = `todo ${number}`;
            await sync.createTodo({ title }).then(() => ended.push(title), ({ code }) => ended.push(code));
          }
        })();
      });
      await older.evaluate(() => until(() => ended.length > 5));
      await serveNewer(older, "glint.js");
      const { page: newer } = await openTab();
      await newer.evaluate(() => manager().then((opened) => (globalThis.sync = opened)));
      const ended = await older.evaluate(() => made.then(() => ended));
      assert.deepEqual(await older.evaluate(told), OUTDATED);
      const stored = ended.filter((title) => title.startsWith("todo "));
      assert.deepEqual([...new Set(ended.filter((title) => !stored.includes(title)))], ["outdated"].slice(0, ended.length - stored.length));
      assert.deepEqual(await newer.evaluate(() => titles()), stored.sort());
    });

    it("of which the older does not yield: the newer waits for it, and goes on with what it had", BOUND, async (t) => {
      const { openTab, page } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        await push("bm_1", "waits");
        sync.close();
        const [{ name }] = await indexedDB.databases();
        // A frozen tab: it has the database open, and hears of nothing.
        globalThis.held = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
      });
      await serveNewer(page, "index.js");
      const { page: newer } = await openTab();
      await newer.evaluate(() => void (globalThis.opening = manager()));
      const isOpen = () => newer.evaluate(() => Promise.race([opening.then(() => true), new Promise((resolve) => setTimeout(resolve, 2_000, false))]));
      assert.equal(await isOpen(), false);
      await page.evaluate(() => held.close());
      const shown = await newer.evaluate(async () => {
        globalThis.sync = await opening;
        return { storage: sync.status.storage, pending: sync.status.pending, titles: await titles() };
      });
      assert.deepEqual(shown, { storage: "indexeddb", pending: 1, titles: { bm_1: "waits" } });
    });

    it("of which the older never yields: storage_failed after a while, and no other database in its place", BOUND, async (t) => {
      const { openTab, page } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(async () => {
        (await manager()).close();
        const [{ name }] = await indexedDB.databases();
        globalThis.held = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
        localStorage.clear(); // Not even a mark tells that there is one.
      });
      await serveNewer(page, "index.js");
      const { page: newer } = await openTab();
      assert.equal(await newer.evaluate(() => codeOf(() => manager())), "storage_failed");
      assert.equal(await newer.evaluate(() => localStorage.length), 0);
    });
  });
}
