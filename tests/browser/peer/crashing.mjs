import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPeerPage } from "../peer-page.mjs";
import { eventually } from "../poll.mjs";

const BOUND = { timeout: 60_000 };

/** Lets the engine be thrown out of at the next input: it asks for the time at each, and what that throws unwinds it as a trap does. */
export function trapOnce() {
  const { now } = performance;
  performance.now = () => {
    performance.now = now;
    throw new WebAssembly.RuntimeError("unreachable");
  };
}

async function pushAndTrap() {
  globalThis.sync = await manager();
  sync.connect();
  await live(sync);
  const { id } = await sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
  return { id, pending: sync.status.pending };
}

export function crashing(browser) {
  describe("a trap in a callback", () => {
    it("is told, closes the socket, ends every later call, and loses nothing that was stored", BOUND, async (t) => {
      const { peer, page, problems, reload } = await openPeerPage(browser, (end) => t.after(end));
      const { id, pending } = await page.evaluate(pushAndTrap);
      assert.equal(pending, 1, "the server of the document has not confirmed it");
      await page.evaluate(trapOnce);
      peer.send({ type: "pong" });

      const [report] = await page.evaluate(() => until(() => errors.length > 0).then(() => errors));
      assert.deepEqual([report.code, report.fault], ["engine_crashed", "library"]);
      assert.deepEqual(problems, ["RuntimeError: unreachable"], "the browser reports the trap with its stack, once");
      await eventually("the socket's end at the server", () => peer.closed.length === 1);
      const refused = await page.evaluate(async () => ({
        push: await codeOf(() => sync.pushChange("bookmark", "bm_2", "create", { title: "too late" })),
        get: await codeOf(() => sync.get("bookmark", "bm_1")),
        connect: await codeOf(() => sync.connect()),
        state: sync.status.state,
        reason: sync.status.reason,
      }));
      const code = "engine_crashed";
      assert.deepEqual(refused, { push: code, get: code, connect: code, state: "stopped", reason: code });

      // In the same page a new manager gets a new engine.
      const again = await page.evaluate(async () => {
        const second = await manager();
        const { data } = await second.get("bookmark", "bm_1");
        second.close();
        return data;
      });
      assert.deepEqual(again, { title: "Rust" });

      await reload();
      const after = await page.evaluate(async () => {
        globalThis.sync = await manager();
        const { data, pending } = await sync.get("bookmark", "bm_1");
        sync.connect();
        await until(() => sync.status.pending === 0 && sync.status.state === "live");
        return { data, pending };
      });
      assert.deepEqual(after, { data: { title: "Rust" }, pending: true });
      assert.deepEqual([...new Set(peer.events.map((event) => event.id))], [id], "however often it was sent, it is one event");
    });
  });
}
