import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openTwoTabs } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };

/** Both tabs have a bookmark that the server has, and are offline; the second has changed it. */
async function changeOffline(browser, t) {
  const opened = await openTwoTabs(browser, (end) => t.after(end));
  const { first, second } = opened;
  await second.evaluate(async () => (await push("bm_1", "as it was")).acknowledged);
  for (const page of [second, first]) await page.evaluate(() => sync.disconnect());
  const id = await second.evaluate(async () => {
    globalThis.receipt = await push("bm_1", "as it will not be");
    return receipt.id;
  });
  await first.evaluate(() => until(async () => (await titles()).bm_1 === "as it will not be"));
  return { ...opened, id };
}

export function takingBack(browser) {
  describe("a change that was never attempted", () => {
    for (const [where, cancel] of [["the tab that made it", "second"], ["the other tab", "first"]]) {
      it(`can be taken back in ${where}: what was there is shown again, and nothing is sent`, BOUND, async (t) => {
        const opened = await changeOffline(browser, t);
        const { peer, first, second, id } = opened;
        assert.equal(await opened[cancel].evaluate(async (id) => (await sync.receipt(id)).cancel(), id), true);
        assert.equal(await second.evaluate(() => receipt.acknowledged), "cancelled");
        for (const page of [first, second]) {
          const restored = () => changes.filter(({ origin }) => origin === "restored").map(({ operation, data }) => [operation, data.title]);
          await page.evaluate(() => until(() => changes.some(({ origin }) => origin === "restored")));
          assert.deepEqual(await page.evaluate(restored), [["update", "as it was"]]);
          assert.equal(await page.evaluate(async (id) => (await sync.receipt(id)).acknowledged, id), "cancelled");
        }
        await second.evaluate(() => sync.connect());
        await second.evaluate(async () => (await push("bm_2", "Rust")).acknowledged);
        assert.deepEqual(peer.events.map(({ entity_id }) => entity_id), ["bm_1", "bm_2"]);
      });
    }

    it("leaves nothing where nothing was", BOUND, async (t) => {
      const { first, second } = await changeOffline(browser, t);
      await second.evaluate(async () => (globalThis.receipt = await push("bm_new", "Rust")));
      await first.evaluate(() => until(() => sync.get("bookmark", "bm_new")));
      await second.evaluate(() => receipt.cancel());
      for (const page of [first, second]) {
        await page.evaluate(() => until(() => changes.some(({ entityId, operation }) => entityId === "bm_new" && operation === "delete")));
        assert.equal(await page.evaluate(async () => typeof (await sync.get("bookmark", "bm_new"))), "undefined");
      }
    });
  });

  describe("a change that was sent", () => {
    it("cannot be taken back, in either tab", BOUND, async (t) => {
      const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      const id = await second.evaluate(async () => {
        globalThis.receipt = await push("bm_1", "Rust");
        return receipt.id;
      });
      await peer.received(1);
      for (const page of [second, first]) assert.equal(await page.evaluate(async (id) => (await sync.receipt(id)).cancel(), id), false);
      assert.equal(await second.evaluate(() => receipt.acknowledged), "confirmed");
    });
  });
}
