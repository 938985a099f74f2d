import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openTwoTabs } from "../peer-page.mjs";
import { trapOnce } from "../peer/crashing.mjs";
import { eventually } from "../poll.mjs";

const BOUND = { timeout: 60_000 };
const PUSHES = 20;
/** The promise, from the end of one tab to the first frame of the other one. */
const SENDS_WITHIN_MS = 1_000;

export async function crash(page) {
  const crashed = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  session.send("Page.crash").catch(() => {}); // There is nobody left to answer.
  await crashed;
}

/** How the tab that has the connection can go. */
const ENDS = {
  "is closed": (page) => page.close(),
  "crashes": crash,
  "has an engine that traps": (page) => page.evaluate(trapOnce),
  "navigates away": (page) => page.goto("about:blank"),
  "disconnects": (page) => page.evaluate(() => sync.disconnect()),
  "closes its manager": (page) => page.evaluate(() => sync.close()),
};

const pushMany = (page) =>
  page.evaluate(async (count) => {
    globalThis.receipts = await Promise.all(Array.from({ length: count }, (_, index) => push(`bm_${index}`, "Rust")));
    return receipts.map(({ id }) => id);
  }, PUSHES);

export function handingOver(browser) {
  describe("when the tab that has the connection", () => {
    for (const [what, end] of Object.entries(ENDS)) {
      it(`${what}, another one takes over, and sends what it has stored meanwhile`, BOUND, async (t) => {
        const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
        const [ids] = await Promise.all([pushMany(second), end(first)]);
        await second.evaluate(() => live(sync));
        assert.deepEqual(await second.evaluate(() => Promise.all(receipts.map(({ acknowledged }) => acknowledged))), Array(PUSHES).fill("confirmed"));
        const arrived = new Set(peer.events.map(({ id }) => id));
        assert.deepEqual([...arrived].sort(), ids.sort());
        assert.equal(peer.dialled.length, 2);
        await eventually("the end of the first tab's socket", () => peer.closed.length === 1);
      });
    }

    for (const [what, end] of Object.entries({ "is closed": (page) => page.close(), "crashes": crash })) {
      it(`${what}, another one sends within a second`, BOUND, async (t) => {
        const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
        const began = Date.now();
        await end(first);
        const { id } = await second.evaluate(() => push("bm_1", "Rust"));
        const [event] = await peer.received(1);
        const took = Date.now() - began;
        t.diagnostic(`after ${took} ms`);
        assert.equal(event.id, id);
        assert.ok(took < SENDS_WITHIN_MS, `it took ${took} ms`);
      });
    }

    it("is closed while it sends, the other sends the rest under the same ids", BOUND, async (t) => {
      const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      const ids = await pushMany(first);
      await peer.received(1);
      await first.close();
      await second.evaluate(() => live(sync));
      await second.evaluate(() => settled());
      assert.deepEqual([...new Set(peer.events.map(({ id }) => id))].sort(), ids.sort());
    });
  });
}
