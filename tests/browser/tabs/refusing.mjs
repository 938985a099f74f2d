import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openTwoTabs } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };
const REASON = "There is no such folder.";

/** A change is confirmed, and the next one of the same entity is refused. The second tab made both. */
async function refuseAnUpdate(browser, t) {
  const opened = await openTwoTabs(browser, (end) => t.after(end));
  const { peer, first, second } = opened;
  await second.evaluate(async () => (await push("bm_1", "as it was")).acknowledged);
  peer.refused.set("bm_1", REASON);
  const id = await second.evaluate(async () => {
    globalThis.receipt = await push("bm_1", "as it will not be");
    return receipt.id;
  });
  for (const page of [first, second]) await page.evaluate(() => until(() => refusals.length > 0));
  return { ...opened, id };
}

export function refusing(browser) {
  describe("a change that the server refuses", () => {
    it("is told and listed in both tabs, and what was there is shown again", BOUND, async (t) => {
      const { first, second, id } = await refuseAnUpdate(browser, t);
      const rejected = { id, entityType: "bookmark", entityId: "bm_1", operation: "update", reason: REASON, code: "refused" };
      for (const page of [first, second]) {
        assert.deepEqual(await page.evaluate(() => refusals), [{ ...rejected, data: { title: "as it was" } }]);
        assert.deepEqual(await page.evaluate(() => sync.wedged()), [rejected]);
        assert.deepEqual(await page.evaluate(() => [changes.at(-1).origin, changes.at(-1).data]), ["restored", { title: "as it was" }]);
        const { pending, wedged } = await page.evaluate(() => sync.status);
        assert.deepEqual([pending, wedged], [0, 1]);
      }
    });

    it("ends when either tab discards it", BOUND, async (t) => {
      const { peer, first, second, id } = await refuseAnUpdate(browser, t);
      assert.equal(await first.evaluate((id) => sync.discard(id), id), true);
      assert.equal(await second.evaluate(() => receipt.acknowledged), "discarded");
      for (const page of [first, second]) {
        await page.evaluate(() => until(() => sync.status.wedged === 0));
        assert.deepEqual(await page.evaluate(() => sync.wedged()), []);
        assert.equal(await page.evaluate((id) => sync.discard(id), id), false);
      }
      assert.equal(peer.events.length, 2);
    });

    for (const [which, retrying] of [["that has the connection", ({ first }) => first], ["that follows", ({ second }) => second]]) {
      it(`arrives under the same id with a higher time when the tab ${which} sends it again`, BOUND, async (t) => {
        const opened = await refuseAnUpdate(browser, t);
        const { peer, first, second, id } = opened;
        peer.refused.clear();
        assert.equal(await retrying(opened).evaluate((id) => sync.retry(id), id), true);
        assert.equal(await second.evaluate(() => receipt.acknowledged), "confirmed");
        const [, refused, taken] = peer.events;
        assert.deepEqual([refused.id, taken.id], [id, id]);
        assert.ok(taken.timestamp > refused.timestamp);
        for (const page of [first, second]) {
          await page.evaluate(() => until(() => sync.status.wedged === 0));
          assert.deepEqual(await page.evaluate(() => titles()), { bm_1: "as it will not be" });
        }
      });
    }

    it("is still listed after a reload of all tabs", BOUND, async (t) => {
      const { first, second, id } = await refuseAnUpdate(browser, t);
      await second.close();
      await first.reload();
      await first.waitForFunction(() => globalThis.sealwire !== undefined);
      await first.evaluate(async () => (globalThis.sync = await manager()));
      const [{ reason, ...rejected }] = await first.evaluate(() => sync.wedged());
      assert.deepEqual([rejected.id, reason], [id, REASON]);
      assert.deepEqual(await first.evaluate(() => titles()), { bm_1: "as it was" });
    });
  });
}
