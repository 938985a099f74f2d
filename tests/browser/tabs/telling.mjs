import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openTwoTabs } from "../peer-page.mjs";
import { vectorEvent, VECTOR_KEY } from "../peer/vector.mjs";

const BOUND = { timeout: 60_000 };

const told = (page) => page.evaluate(() => changes.map(({ entityId, origin }) => `${entityId} ${origin}`));
const hears = (page, id) => page.evaluate((id) => until(() => changes.some(({ entityId }) => entityId === id)), id);

export function telling(browser) {
  describe("a change", () => {
    it("is told once in each tab: as its own, another tab's, or another device's; also in a tab that is not connected", BOUND, async (t) => {
      const options = { key: VECTOR_KEY, format: "bitmarks-plain" };
      const { peer, openTab, first, second } = await openTwoTabs(browser, (end) => t.after(end), options);
      const { page: third } = await openTab();
      await third.evaluate(async (options) => (globalThis.sync = await manager(options)), options);
      const pages = [first, second, third];

      for (const [index, page] of pages.entries()) {
        const id = `bm_${index}`;
        await page.evaluate((id) => push(id, "Rust"), id);
        for (const other of pages) await hears(other, id);
      }
      peer.take(vectorEvent());
      for (const page of pages) await hears(page, "bm_new");
      await Promise.all(pages.map((page) => page.evaluate(() => settled())));
      // What comes after it was told last.
      await first.evaluate(() => push("bm_last", "Rust"));
      for (const page of pages) await hears(page, "bm_last");

      const origins = [["local", "tab", "tab"], ["tab", "local", "tab"], ["tab", "tab", "local"], ["remote", "remote", "remote"], ["local", "tab", "tab"]];
      const ids = ["bm_0", "bm_1", "bm_2", "bm_new", "bm_last"];
      for (const [index, page] of pages.entries()) assert.deepEqual(await told(page), ids.map((id, row) => `${id} ${origins[row][index]}`));
      assert.equal(await third.evaluate(() => sync.status.state), "idle");
      assert.equal(peer.dialled.length, 1);
    });

    it("shows the same in all tabs, whoever made it", BOUND, async (t) => {
      const { first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await first.evaluate(() => push("bm_1", "by the first"));
      await hears(second, "bm_1");
      await second.evaluate(() => push("bm_1", "by the second"));
      await second.evaluate(() => push("bm_2", "by the second"));
      await first.evaluate(() => until(async () => (await titles()).bm_2));
      for (const page of [first, second]) assert.deepEqual(await page.evaluate(() => titles()), { bm_1: "by the second", bm_2: "by the second" });
    });
  });
}
