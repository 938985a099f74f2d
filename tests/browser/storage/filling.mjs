import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "../glint/page.mjs";
import { openPeerPage } from "../peer-page.mjs";
import { withDevTools } from "./database.mjs";

const BOUND = { timeout: 120_000 };

/** `quotaSize` undefined: what the browser gives by itself. */
const setQuota = (page, quotaSize) => withDevTools(page, "Storage.overrideQuotaForOrigin", { quotaSize });

export function filling(browser) {
  describe("where the browser has no space left", () => {
    it("pushes are refused with storage_full; reading, confirming and sending go on when there is space: BitMarks", BOUND, async (t) => {
      const { peer, page, problems } = await openPeerPage(browser, (end) => t.after(end));
      peer.isMute = true;
      await page.evaluate(() => connect("live"));
      await page.evaluate(() => push("bm_1", "kept").then(({ acknowledged }) => void (globalThis.first = acknowledged)));
      await peer.received(1);
      await setQuota(page, 1);
      const refused = await page.evaluate(async () => [await codeOf(() => push("bm_2", "x".repeat(10_000))), await codeOf(() => push("bm_3", "short"))]);
      assert.deepEqual(refused, ["storage_full", "storage_full"]);
      assert.deepEqual(await page.evaluate(() => titles()), { bm_1: "kept" });

      // What the server confirms and what another device has made cannot be stored now, and is not lost.
      peer.isMute = false;
      await page.evaluate(() => sync.reconnect());
      await page.evaluate(() => until(() => errors.filter(({ code }) => code === "storage_full").length > 0));
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      assert.equal(await page.evaluate(() => sync.status.pending), 1);
      assert.deepEqual(await page.evaluate(() => errors.map(({ code }) => code)), ["storage_full"]);
      await setQuota(page);
      assert.equal(await page.evaluate(() => first), "confirmed");
      await page.evaluate(async () => {
        await push("bm_2", "stored now");
        await settled();
      });
      assert.deepEqual(await page.evaluate(() => titles()), { bm_1: "kept", bm_2: "stored now" });
      assert.deepEqual([peer.events.at(-1).entity_id, problems], ["bm_2", []]);
    });

    it("pushes are refused with storage_full, and what the server has done is stored when there is space: todos", BOUND, async (t) => {
      const { server, page, problems } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await page.evaluate(() => sync.createTodo({ title: "kept" }));
      await page.evaluate(() => settled());
      await setQuota(page, 1);
      assert.equal(await page.evaluate(() => codeOf(() => sync.createTodo({ title: "refused" }))), "storage_full");
      assert.deepEqual(await page.evaluate(() => titles()), ["kept"]);
      // From another device.
      await fetch(`${server.origin}/api/teams/team%2F1/sets/inbox/todos`, { method: "POST", body: JSON.stringify({ title: "elsewhere" }), headers: { "Content-Type": "application/json" } });
      await page.evaluate(() => until(async () => (await titles()).length === 2));
      await page.evaluate(() => until(() => errors.length > 0));
      await setQuota(page);
      await page.evaluate(() => sync.createTodo({ title: "stored now" }));
      await page.evaluate(() => settled());
      assert.deepEqual(server.titles("inbox"), ["elsewhere", "kept", "stored now"]);
      assert.deepEqual([await page.evaluate(() => titles()), problems], [server.titles("inbox"), []]);
      assert.deepEqual(await page.evaluate(() => errors.map(({ code }) => code)), ["storage_full"]);
    });
  });
}
