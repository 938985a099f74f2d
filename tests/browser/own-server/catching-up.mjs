import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { User } from "../../worker/client.mjs";
import { openUserPage } from "../worker-page.mjs";

const EVENTS = 1_200;

export function catchingUp(server, browser) {
  describe("a catch-up on 1,200 events", () => {
    it("tells how far it has come, page by page, and ends with all of them shown in both tabs", { timeout: 120_000 }, async (t) => {
      const user = await User.register(server);
      const [author, reader] = await Promise.all([browser.newContext(), browser.newContext()]);
      t.after(() => Promise.all([author.close(), reader.close()]));
      const page = await openUserPage(author, server, user);
      await page.evaluate(async (count) => {
        await connect("live");
        await Promise.all(Array.from({ length: count }, (_, index) => push(`bm_${index}`, "Rust")));
        await until(() => sync.status.pending === 0);
      }, EVENTS);

      const [first, second] = [await openUserPage(reader, server, user), await openUserPage(reader, server, user)];
      await second.evaluate(async () => (globalThis.sync = await manager()));
      const told = await first.evaluate(async () => {
        globalThis.sync = await manager();
        const told = [];
        sync.on("progress", (progress) => told.push({ ...progress, state: sync.status.state }));
        sync.connect();
        await live(sync);
        return told;
      });
      assert.deepEqual(told.map(({ events, hasMore }) => [events, hasMore]), [[500, true], [1000, true], [1200, false]]);
      assert.deepEqual([...new Set(told.map(({ state }) => state))], ["catching_up"]);
      for (const tab of [first, second]) {
        await tab.evaluate((count) => until(() => changes.length === count), EVENTS);
        assert.equal(await tab.evaluate(async () => Object.keys(await titles()).length), EVENTS);
        assert.deepEqual(await tab.evaluate(() => [...new Set(changes.map(({ origin }) => origin))]), ["remote"]);
      }
    });
  });
}
