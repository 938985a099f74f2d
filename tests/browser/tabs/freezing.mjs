import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "node:test";
import { become, countersOf, freeze } from "../freezing.mjs";
import { openTwoTabs } from "../peer-page.mjs";
import { vectorEvent, VECTOR_KEY } from "../peer/vector.mjs";

const BOUND = { timeout: 60_000 };
const PUSHES = 10;
/** Longer than a leader has to reply. */
const LONGER_MS = 4_000;

const pushMany = (page, prefix) =>
  page.evaluate(
    async ([count, prefix]) => {
      globalThis.receipts = await Promise.all(Array.from({ length: count }, (_, index) => push(`${prefix}_${index}`, "Rust")));
      return receipts.map(({ id }) => id);
    },
    [PUSHES, prefix],
  );
const outcomes = (page) => page.evaluate(() => Promise.all(receipts.map(({ acknowledged }) => acknowledged)));

export function freezing(browser) {
  describe("a frozen tab that has the connection", () => {
    it("is replaced when a page that is seen has something to send; thawed, it stores and sends nothing, and follows", BOUND, async (t) => {
      const options = { key: VECTOR_KEY, format: "bitmarks-plain" };
      const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end), options);
      peer.isBehind = true;
      const begun = await pushMany(first, "first");
      await peer.received(PUSHES);
      const thaw = await freeze(first);
      const before = await countersOf(second);
      const started = Date.now();
      const pushed = await pushMany(second, "second");
      await peer.received(PUSHES + 1);
      t.diagnostic(`replaced after ${Date.now() - started} ms`);
      peer.isBehind = false;
      assert.deepEqual(await outcomes(second), Array(PUSHES).fill("confirmed"));
      await second.evaluate(() => settled());
      // The socket of the frozen one is open still, and this waits in it.
      peer.take(vectorEvent());
      await second.evaluate(() => until(() => changes.some(({ entityId }) => entityId === "bm_new")));

      const sent = peer.events.length;
      const after = await countersOf(second);
      assert.deepEqual([after.epoch - before.epoch, after.seq - before.seq, after.attempted], [1, PUSHES, 2 * PUSHES]);
      await thaw();
      await first.evaluate(() => until(() => sync.status.state === "following"));
      assert.deepEqual(await outcomes(first), Array(PUSHES).fill("confirmed"));
      await first.evaluate(() => until(() => changes.some(({ entityId }) => entityId === "bm_new")));
      assert.deepEqual(await countersOf(second), after);
      assert.equal(peer.events.length, sent);

      assert.deepEqual([...new Set(peer.events.map(({ id }) => id))].sort(), [...begun, ...pushed].sort());
      assert.equal(await second.evaluate(() => sync.status.state), "live");
      for (const page of [first, second]) {
        const told = await page.evaluate(() => changes.map(({ entityId }) => entityId));
        assert.equal(told.length, 2 * PUSHES + 1);
        assert.equal(new Set(told).size, told.length);
      }
      // What it pushes now the other one sends.
      assert.equal(await first.evaluate(async () => (await push("bm_thawed", "Rust")).acknowledged), "confirmed");
      assert.equal(peer.dialled.length, 2);
    });

    it("sends nothing when it thaws and has not heard yet that another one has its place", BOUND, async (t) => {
      const hearLate = () => {
        const { request } = LockManager.prototype;
        LockManager.prototype.request = function (...given) {
          const late = (reason) => new Promise((_, reject) => setTimeout(reject, 5_000, reason));
          return request.apply(this, given).catch(late);
        };
      };
      const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end), undefined, hearLate);
      const thaw = await freeze(first);
      assert.equal(await second.evaluate(async () => (await push("bm_1", "Rust")).acknowledged), "confirmed");
      const { epoch } = await countersOf(second);
      await thaw();
      assert.equal(await first.evaluate(() => sync.status.state), "live");
      assert.equal(await first.evaluate(async () => (await push("bm_2", "Rust")).acknowledged), "confirmed");
      assert.equal(await first.evaluate(() => sync.status.state), "following");
      assert.deepEqual(peer.events.map((event) => [event.entity_id, peer.dialOf(event)]), [["bm_1", 1], ["bm_2", 1]]);
      const { epoch: last, attempted } = await countersOf(second);
      assert.deepEqual([last, attempted], [epoch, 2]);
    });

    it("keeps its place as long as nobody sees the page that has something to send", BOUND, async (t) => {
      const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await become(second, "hidden");
      const thaw = await freeze(first);
      await pushMany(second, "second");
      await sleep(LONGER_MS);
      assert.equal(peer.dialled.length, 1);
      await become(second, "visible");
      assert.deepEqual(await outcomes(second), Array(PUSHES).fill("confirmed"));
      await thaw();
      await first.evaluate(() => until(() => sync.status.state === "following"));
    });

    it("is replaced by a page that finds what waits when it is loaded", BOUND, async (t) => {
      const { peer, openTab, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await become(second, "hidden");
      const thaw = await freeze(first);
      const ids = await pushMany(second, "second");
      await second.close();
      const { page: third } = await openTab();
      await third.evaluate(() => connect("live"));
      await third.evaluate(() => settled());
      assert.deepEqual(peer.events.map(({ id }) => id).sort(), ids.sort());
      await thaw();
      await first.evaluate(() => until(() => sync.status.state === "following"));
    });
  });

  it("a tab that has the connection and lives keeps it, although nothing is confirmed", BOUND, async (t) => {
    const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
    peer.isMute = true;
    await pushMany(second, "second");
    const { epoch } = await countersOf(second);
    await sleep(LONGER_MS);
    assert.equal((await countersOf(second)).epoch, epoch);
    assert.deepEqual(await Promise.all([first, second].map((page) => page.evaluate(() => sync.status.state))), ["live", "following"]);
    assert.equal(await second.evaluate(() => sync.status.pending), PUSHES);
  });
}
