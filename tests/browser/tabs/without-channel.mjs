import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { become } from "../freezing.mjs";
import { openTwoTabs } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };

const focus = (page) => page.evaluate(() => void dispatchEvent(new Event("focus")));
const WAYS = {
  "it is focused": focus,
  "it is seen again": async (page) => {
    await become(page, "hidden");
    await become(page, "visible");
  },
};

export function withoutChannel(browser) {
  describe("in a browser without BroadcastChannel", () => {
    for (const [when, way] of Object.entries(WAYS)) {
      it(`a tab shows, and sends, what another one has stored as soon as ${when}`, BOUND, async (t) => {
        const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end), undefined, () => delete globalThis.BroadcastChannel);
        await first.evaluate(async () => (await push("bm_1", "by the first")).acknowledged);
        assert.deepEqual(await second.evaluate(() => titles()), {});
        await way(second);
        await second.evaluate(() => until(async () => (await titles()).bm_1 === "by the first"));
        await second.evaluate(async () => (globalThis.receipt = await push("bm_2", "by the second")));
        assert.equal(peer.events.length, 1);
        await way(first);
        await peer.received(2);
        assert.deepEqual(await first.evaluate(() => titles()), { bm_1: "by the first", bm_2: "by the second" });
        await first.evaluate(() => settled());
        await way(second);
        assert.equal(await second.evaluate(() => receipt.acknowledged), "confirmed");
        assert.equal(peer.dialled.length, 1);
      });
    }
  });
}
