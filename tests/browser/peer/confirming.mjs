import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPeerPage } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };

/** A server that neither acknowledges nor echoes, and answers neither a pull nor a push. */
export function confirming(browser) {
  describe("a server that tells in no way what arrived", () => {
    it("gets the change, which is kept, and the app is told once", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      peer.isMute = true;
      const told = await page.evaluate(async () => {
        await connect("live");
        await push("bm_1", "Rust");
        await until(() => errors.some(({ code }) => code === "no_confirmation"));
        await push("bm_2", "Rust");
        await until(() => sync.status.inFlight === 2);
        const { confirmation, pending } = sync.status;
        return { confirmation, pending, told: errors.filter(({ code }) => code === "no_confirmation").length };
      });
      assert.deepEqual(told, { confirmation: "none", pending: 2, told: 1 });
      assert.equal(peer.events.length, 2);
    });

    it("is believed its pong where the app chose that, and not before", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      peer.isMute = true;
      const told = await page.evaluate(async () => {
        await connect("live", { confirm: "pong" });
        const outcome = await (await push("bm_1", "Rust")).acknowledged;
        const { confirmation, pending } = sync.status;
        return { outcome, confirmation, pending, told: errors.map(({ code }) => code).filter((code) => code !== "request_failed") };
      });
      assert.deepEqual(told, { outcome: "confirmed", confirmation: "pong", pending: 0, told: [] });
      const types = peer.frames.map(({ type }) => type);
      assert.ok(types.indexOf("sync") < types.indexOf("ping"), "the ping came after the change");
    });
  });
}
