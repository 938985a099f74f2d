import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually } from "../poll.mjs";
import { openLive } from "./noticing.mjs";

const BOUND = { timeout: 90_000 };
const WAIT_MS = 6_000;

/** What a server says that wants to be left alone for 6 s. A date has no parts of a second. */
const WISHES = { seconds: () => "6", "a date": () => new Date(Date.now() + WAIT_MS + 1_000).toUTCString() };

export function heeding(server, browser) {
  describe("a server that is overloaded", { concurrency: 3 }, () => {
    for (const [what, wish] of Object.entries(WISHES)) {
      it(`and names ${what} in \`Retry-After\` is not dialled before, whatever the browser says`, BOUND, async (t) => {
        const { line, page } = await openLive(browser, t, server);
        line.retryAfter = wish();
        const wished = Date.now();
        line.reset();
        await eventually("another dial", () => line.dialled === 2);
        await page.evaluate(() => until(() => sync.status.retryAt > Date.now() + 3_000));
        line.retryAfter = undefined;
        await page.evaluate(() => {
          dispatchEvent(new Event("online"));
          document.dispatchEvent(new Event("visibilitychange"));
        });
        await eventually("a third dial", () => line.dialled === 3);
        const took = line.dialledAt - wished;
        assert.ok(took >= WAIT_MS - 100 && took < 2 * WAIT_MS, `${took} ms`);
        await page.evaluate(() => live(sync));
      });
    }

    it("is dialled at once where the app wants it", BOUND, async (t) => {
      const { line, page } = await openLive(browser, t, server);
      line.retryAfter = "60";
      line.reset();
      await page.evaluate(() => until(() => sync.status.retryAt > Date.now() + 30_000));
      line.retryAfter = undefined;
      await page.evaluate(() => (sync.reconnect(), live(sync)));
    });
  });

  describe("a session that ends", () => {
    it("is tried to be renewed once, then stops, with nothing sent", BOUND, async (t) => {
      const { line, page, user } = await openLive(browser, t, server);
      const asked = [];
      page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
      line.halfOpen(); // What is pushed does not get out.
      await page.evaluate(async () => {
        await fetch("/api/v1/auth/logout", { method: "POST" });
        await push("bm_1", "waits");
      });
      await page.evaluate(() => until(() => sync.status.state === "stopped"));
      assert.deepEqual(await page.evaluate(() => [sync.status.reason, sync.status.pending]), ["needs_auth", 1]);
      assert.deepEqual(asked.filter((request) => request.includes("/auth/refresh")), ["POST /api/v1/auth/refresh"]);
      await page.evaluate((body) => fetch("/api/v1/auth/session", { method: "POST", headers: { "Content-Type": "application/json" }, body }),
        JSON.stringify({ user_id: user.id, secret: user.secret }));
      await page.evaluate(() => (sync.reconnect(), settled()));
      assert.equal((await (await user.signInAgain()).log()).length, 1);
    });
  });
}
