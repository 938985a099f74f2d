import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "node:test";
import { countersOf, freeze } from "../freezing.mjs";
import { openTwoTabs } from "../peer-page.mjs";
import { crash } from "./handing-over.mjs";

const BOUND = { timeout: 60_000 };
/** Longer than a lease lasts that nobody renews. */
const LONGER_MS = 12_000;
const HANDED_OVER_MS = 10_000;

const withoutLocks = () => delete Navigator.prototype.locks;
const open = async (browser, t) => {
  const opened = await openTwoTabs(browser, (end) => t.after(end), undefined, withoutLocks);
  assert.equal(await opened.first.evaluate(() => typeof navigator.locks), "undefined");
  return opened;
};

export function leasing(browser) {
  describe("in a browser without Web Locks", () => {
    it("one tab sends what all push, and goes on doing so", BOUND, async (t) => {
      const { peer, first, second } = await open(browser, t);
      const before = await countersOf(second);
      await sleep(LONGER_MS);
      const after = await countersOf(second);
      assert.equal(after.epoch, before.epoch);
      assert.notEqual(after.lease, before.lease);
      for (const [index, page] of [first, second].entries()) {
        assert.equal(await page.evaluate(async (id) => (await push(id, "Rust")).acknowledged, `bm_${index}`), "confirmed");
      }
      assert.deepEqual(peer.events.map(({ entity_id }) => entity_id), ["bm_0", "bm_1"]);
      assert.equal(peer.dialled.length, 1);
    });

    const ends = { "is closed": (page) => page.close(), "crashes": crash, "freezes": freeze };
    for (const [what, end] of Object.entries(ends)) {
      it(`another one takes over within 10 s when the one that sends ${what}`, BOUND, async (t) => {
        const { peer, first, second } = await open(browser, t);
        const { epoch } = await countersOf(second);
        const began = Date.now();
        const thaw = await end(first);
        const id = await second.evaluate(async () => (await push("bm_1", "Rust")).id);
        await peer.received(1);
        const took = Date.now() - began;
        t.diagnostic(`after ${took} ms`);
        assert.ok(took < HANDED_OVER_MS, `it took ${took} ms`);
        await second.evaluate(() => settled());
        assert.equal((await countersOf(second)).epoch, epoch + 1);
        if (thaw) {
          await thaw();
          await first.evaluate(() => until(() => sync.status.state === "following"));
          assert.equal((await countersOf(second)).epoch, epoch + 1);
        }
        assert.deepEqual(peer.events.map((event) => event.id), [id]);
      });
    }

    for (const how of ["close", "disconnect"]) {
      it(`another one takes over at once after ${how}()`, BOUND, async (t) => {
        const { peer, first, second } = await open(browser, t);
        const began = Date.now();
        await first.evaluate((how) => sync[how](), how);
        await second.evaluate(() => live(sync));
        const took = Date.now() - began;
        t.diagnostic(`after ${took} ms`);
        assert.ok(took < HANDED_OVER_MS / 3, `it took ${took} ms`);
        assert.equal(peer.dialled.length, 2);
      });
    }
  });
}
