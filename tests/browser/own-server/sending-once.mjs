import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { User } from "../../worker/client.mjs";
import { recordSockets } from "../wire.mjs";
import { openUserPage } from "../worker-page.mjs";

const PUSHES = 50;

/** Pushes, every fifth change to an entity that the other tabs change as well, and leaves room for them in between. */
async function pushMany({ tab, count }) {
  const receipts = [];
  for (let index = 0; index < count; index++) {
    receipts.push(push(index % 5 === 0 ? `bm_shared_${index % 3}` : `bm_${tab}_${index}`, `${index} of tab ${tab}`));
    await new Promise((resolve) => setTimeout(resolve));
  }
  globalThis.receipts = await Promise.all(receipts);
  return receipts.length;
}

const outcomes = (page) => page.evaluate(() => Promise.all(receipts.map(async ({ id, acknowledged }) => [id, await acknowledged])));

export function sendingOnce(server, browser) {
  describe("tabs that push at the same time", () => {
    it("send each change once, over one socket, and show the same at the end", { timeout: 90_000 }, async (t) => {
      const user = await User.register(server);
      const context = await browser.newContext();
      t.after(() => context.close());
      const pages = [await openUserPage(context, server, user), await openUserPage(context, server, user), await openUserPage(context, server, user)];
      const wire = recordSockets(pages);
      await Promise.all(pages.map((page) => page.evaluate(async () => (globalThis.sync = await manager()))));
      for (const page of pages) await page.evaluate(() => sync.connect());
      const [first, second] = pages;
      await Promise.all([first, second].map((page, tab) => page.evaluate(pushMany, { tab, count: PUSHES })));

      const ended = (await Promise.all([first, second].map(outcomes))).flat();
      assert.equal(ended.length, 2 * PUSHES);
      const ids = (wanted) => ended.filter(([, outcome]) => outcome === wanted).map(([id]) => id);
      assert.deepEqual([...new Set(ended.map(([, outcome]) => outcome))].sort().filter((outcome) => outcome !== "superseded"), ["confirmed"]);
      const sent = wire.sent().filter(({ type }) => type === "sync").map(({ event }) => event.id);
      assert.deepEqual(sent.filter((id, index) => sent.indexOf(id) !== index), [], "sent twice");
      assert.deepEqual(ids("confirmed").filter((id) => !sent.includes(id)), [], "confirmed and never sent");
      assert.equal(wire.dialled(), 1);

      await Promise.all(pages.map((page) => page.evaluate(() => settled())));
      const shown = await Promise.all(pages.map((page) => page.evaluate(() => titles())));
      assert.equal(Object.keys(shown[0]).length, 2 * (PUSHES - PUSHES / 5) + 3);
      for (const other of shown) assert.deepEqual(other, shown[0]);
      const held = new Map((await user.log()).map(({ entity_id, id }) => [entity_id, id]));
      assert.deepEqual([...held.keys()].sort(), Object.keys(shown[0]).sort());
      assert.deepEqual([...held.values()].filter((id) => !ids("confirmed").includes(id)), []);
    });
  });
}
