import assert from "node:assert/strict";
import { it } from "node:test";
import { openTwoTabs } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };

export function status(browser) {
  it("what waits and what was refused is the same in the status of both tabs, whoever pushed it", BOUND, async (t) => {
    const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
    await first.evaluate(async () => (await push("bm_0", "confirmed")).acknowledged);
    peer.refused.set("bm_1", "There is no such folder.");
    await second.evaluate(() => push("bm_1", "refused"));
    for (const page of [first, second]) await page.evaluate(() => until(() => sync.status.wedged === 1 && sync.status.pending === 0));
    peer.isMute = true;
    await first.evaluate(() => push("bm_2", "waits"));
    await second.evaluate(() => push("bm_3", "waits"));
    for (const page of [first, second]) await page.evaluate(() => until(() => sync.status.pending === 2));
    const [leader, follower] = await Promise.all([first, second].map((page) => page.evaluate(() => sync.status)));
    const shared = ({ pending, wedged, oldestPending, storage, reason }) => ({ pending, wedged, oldestPending, storage, reason });
    assert.deepEqual(shared(follower), shared(leader));
    assert.ok(Math.abs(follower.lastSync - leader.lastSync) < 5_000);
    assert.deepEqual([leader.state, follower.state], ["live", "following"]);
  });
}
