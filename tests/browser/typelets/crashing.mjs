import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trapOnce } from "../peer/crashing.mjs";
import { eventually, is } from "../poll.mjs";
import { prepare } from "./page.mjs";
import { masterKey, sealNote } from "./sealing.mjs";
import { openTypeletsPage, USER } from "./server.mjs";

const BOUND = { timeout: 90_000 };
const key = masterKey(USER, "horse");

export function crashing(browser) {
  describe("a trap in the engine", () => {
    it("is told, ends all, is in the report for a bug, and loses nothing that was stored", BOUND, async (t) => {
      const { server, page } = await openTypeletsPage(browser, t, prepare);
      server.isDown = true;
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        sync.connect();
        await sync.createNote({ title: "Kept" });
        errors.length = 0;
      });
      await page.evaluate(trapOnce);
      const ended = await page.evaluate(async () => {
        const codes = [await codeOf(() => sync.createNote({ title: "Too late" })), await codeOf(() => sync.notes()), await codeOf(() => sync.connect())];
        const told = () => errors.filter(({ code }) => code === "engine_crashed").length;
        await until(() => told() > 0);
        return { codes, told: told(), status: sync.status.reason, last: sync.diagnostics().errors.at(-1).code };
      });
      assert.deepEqual(ended, { codes: Array(3).fill("engine_crashed"), told: 1, status: "engine_crashed", last: "engine_crashed" });

      server.isDown = false;
      await page.evaluate(() => connect("live"));
      await eventually("the note at the server", () => server.notes.size, { until: is(1) });
      await page.evaluate(() => settled());
      assert.deepEqual(await page.evaluate(() => titles()), ["Kept"]);
    });
  });

  describe("a report for a bug", () => {
    it("counts, and has no account, title or token", BOUND, async (t) => {
      const { server, page } = await openTypeletsPage(browser, t, prepare);
      const { id } = server.add(sealNote(key, { title: "There", content: "text" }));
      await page.evaluate(() => connect("live"));
      await page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "Canary" })), id);
      const report = await page.evaluate(() => sync.diagnostics());
      const { dialect, server: origin, counters } = report;
      assert.deepEqual([dialect, origin, counters.dials, counters.reconnects, counters.conflicts], ["typelets", server.origin, 1, 0, 0]);
      assert.ok(counters.framesSent >= 2 && counters.framesReceived >= 2 && counters.requests >= 3, JSON.stringify(counters));
      const text = JSON.stringify(report);
      for (const secret of [USER, encodeURIComponent(USER), "Canary", "There", server.requests[0].token]) assert.ok(!text.includes(secret), `${secret} in ${text}`);
    });
  });
}
