import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { User } from "../../worker/client.mjs";
import { startBadLine } from "../bad-line.mjs";
import { eventually } from "../poll.mjs";
import { openUserPage } from "../worker-page.mjs";

const BOUND = { timeout: 120_000 };

/** What tells a page that the line may be another by now. */
export const HINTS = {
  "the browser is online again": () => dispatchEvent(new Event("online")),
  "the page is seen": () => {
    for (const state of ["hidden", "visible"]) {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
      document.dispatchEvent(new Event("visibilitychange"));
    }
  },
  "the page comes back from the back-forward cache": () => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
  "the clock has jumped": () => {
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
    return sync.list("bookmark"); // Anything that happens; the device would wake by a timer.
  },
};

/** A page that is live over a line of its own. */
export async function openLive(browser, t, server) {
  const [line, user, context] = await Promise.all([startBadLine(server), User.register(server), browser.newContext()]);
  t.after(() => Promise.all([line.close(), context.close()]));
  const page = await openUserPage(context, line, user);
  await page.evaluate(() => connect("live"));
  return { line, user, page, context };
}

const codes = (page) => page.evaluate(() => errors.map(({ code }) => code));

export function noticing(server, browser) {
  describe("a socket that is dead, and does not close", { concurrency: 4 }, () => {
    it("is given up within 8 s of a push, and left to itself: the next is dialled at once, and sends", BOUND, async (t) => {
      const { line, page } = await openLive(browser, t, server);
      line.halfOpen();
      const pushed = Date.now();
      await page.evaluate(async () => (globalThis.receipt = await push("bm_1", "late")));
      await eventually("another dial", () => line.dialled === 2, { bound: 20_000 });
      // 2 s without a frame, 5 s for the answer, and up to a second of backoff.
      const took = line.dialledAt - pushed;
      assert.ok(took > 6_500 && took < 10_000, `${took} ms`);
      assert.equal(line.open, 2, "the former socket has not ended");
      assert.equal(await page.evaluate(() => receipt.acknowledged), "confirmed");
      assert.deepEqual(await codes(page), ["no_pong"]);
    });

    for (const [what, hint] of Object.entries(HINTS)) {
      it(`is noticed within 2 s when ${what}; one that lives stays`, BOUND, async (t) => {
        const { line, page } = await openLive(browser, t, server);
        await page.evaluate(hint);
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 3_000)));
        assert.deepEqual([line.dialled, (await codes(page)).filter((code) => code !== "clock_skew")], [1, []]);
        line.halfOpen();
        const hinted = Date.now();
        await page.evaluate(hint);
        await eventually("another dial", () => line.dialled === 2, { bound: 20_000 });
        const took = line.dialledAt - hinted;
        assert.ok(took > 1_900 && took < 5_000, `${took} ms`);
        await page.evaluate(() => live(sync));
        assert.equal((await codes(page)).filter((code) => code === "no_pong").length, 1);
      });
    }

    it("is noticed after the page was away, and came back", BOUND, async (t) => {
      const { line, page } = await openLive(browser, t, server);
      await page.evaluate(() => (globalThis.isTheSame = true));
      line.halfOpen();
      await page.goto("about:blank");
      await page.goBack();
      const isTheSame = await page.evaluate(() => globalThis.isTheSame === true);
      t.diagnostic(isTheSame ? "it was kept in the back-forward cache" : "it was loaded anew: this browser keeps no page with an open socket");
      if (!isTheSame) {
        await page.waitForFunction(() => globalThis.sealwire !== undefined);
        await page.evaluate(() => connect("live"));
      }
      await eventually("another dial", () => line.dialled === 2, { bound: 20_000 });
      await page.evaluate(() => live(sync));
    });
  });

  describe("a slow line", { concurrency: 2 }, () => {
    for (const isHinted of [false, true]) {
      it(`on which a change takes its time is not given up${isHinted ? ", also when the page is seen meanwhile" : ""}`, BOUND, async (t) => {
        const { line, page } = await openLive(browser, t, server);
        line.rate = 60_000;
        const began = Date.now();
        await page.evaluate(async () => (globalThis.receipt = await push("bm_1", "x".repeat(700_000))));
        if (isHinted) {
          for (let count = 0; count < 3; count++) {
            await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_500)));
            await page.evaluate(HINTS["the page is seen"]);
          }
        }
        assert.equal(await page.evaluate(() => receipt.acknowledged), "confirmed");
        assert.ok(Date.now() - began > 10_000, "it was not slow");
        assert.deepEqual([line.dialled, await codes(page)], [1, []]);
      });
    }
  });
}
