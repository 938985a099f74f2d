import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPeerPage, openTwoTabs } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };

const outcome = (page, id) => page.evaluate(async (id) => (await sync.receipt(id)).acknowledged, id);

export function receipts(browser) {
  describe("the receipt", () => {
    it("of a change that another tab sends resolves", BOUND, async (t) => {
      const { peer, second } = await openTwoTabs(browser, (end) => t.after(end));
      const told = await second.evaluate(async () => {
        const { id, durability, acknowledged } = await push("bm_1", "Rust");
        return { id, durability, outcome: await acknowledged, state: sync.status.state, pending: (await sync.get("bookmark", "bm_1")).pending };
      });
      const { id, ...rest } = told;
      assert.deepEqual(rest, { durability: "strict", outcome: "confirmed", state: "following", pending: false });
      assert.deepEqual(peer.events.map((event) => event.id), [id]);
    });

    it("is there in the other tab as soon as the change is stored", BOUND, async (t) => {
      const { openTab, page: first } = await openPeerPage(browser, (end) => t.after(end));
      const { page: second } = await openTab();
      for (const page of [first, second]) await page.evaluate(async () => (globalThis.sync = await manager()));
      // The app's own word to its other tab is not later than ours.
      await second.evaluate(() => {
        const channel = new BroadcastChannel("ids");
        globalThis.found = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(sync.receipt(data).then((receipt) => receipt?.id))));
      });
      const id = await first.evaluate(async () => {
        const { id } = await push("bm_1", "Rust");
        new BroadcastChannel("ids").postMessage(id);
        return id;
      });
      assert.equal(await second.evaluate(() => found), id);
    });

    it("is there although the other tab is busy with what came before", BOUND, async (t) => {
      const { first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await second.evaluate(() => {
        globalThis.found = [];
        new BroadcastChannel("ids").onmessage = ({ data }) => found.push(sync.receipt(data).then((receipt) => receipt?.id === data));
      });
      await first.evaluate(async () => {
        const channel = new BroadcastChannel("ids");
        for (let index = 0; index < 60; index++) channel.postMessage((await push(`bm_${index}`, "Rust")).id);
      });
      await second.evaluate(() => until(() => found.length === 60));
      assert.deepEqual(await second.evaluate(async () => [...new Set(await Promise.all(found))]), [true]);
      assert.equal(await second.evaluate(async () => await sync.receipt("nobody's")), undefined);
    });

    it("is found after a reload, in both tabs, before the server has the change and afterwards", BOUND, async (t) => {
      const { peer, openTab, page: first, reload } = await openPeerPage(browser, (end) => t.after(end));
      await first.evaluate(async () => (globalThis.sync = await manager()));
      const id = await first.evaluate(async () => (await push("bm_1", "Rust")).id);
      await reload();
      const second = await openTab();
      for (const page of [first, second.page]) {
        await page.evaluate(async (id) => {
          globalThis.sync = await manager();
          const receipt = await sync.receipt(id);
          globalThis.outcome = receipt.acknowledged;
        }, id);
      }
      assert.deepEqual(peer.events, []);
      await second.page.evaluate(() => sync.connect());
      for (const page of [first, second.page]) assert.equal(await page.evaluate(() => globalThis.outcome), "confirmed");

      await reload();
      await first.evaluate(async () => (globalThis.sync = await manager()));
      for (const page of [first, second.page]) assert.equal(await outcome(page, id), "confirmed");
    });

    it("says in both tabs that a later change took the place of one that was never sent", BOUND, async (t) => {
      const { openTab, page: first } = await openPeerPage(browser, (end) => t.after(end));
      const { page: second } = await openTab();
      for (const page of [first, second]) await page.evaluate(async () => (globalThis.sync = await manager()));
      const [earlier, later] = await first.evaluate(async () => [(await push("bm_1", "Rus")).id, (await push("bm_1", "Rust")).id]);
      await second.evaluate(() => sync.connect());
      for (const page of [first, second]) {
        await page.evaluate((id) => until(() => sync.receipt(id)), later);
        assert.deepEqual([await outcome(page, earlier), await outcome(page, later)], ["superseded", "confirmed"]);
      }
    });
  });
}
