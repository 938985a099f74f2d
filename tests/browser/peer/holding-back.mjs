import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPeerPage, openTwoTabs } from "../peer-page.mjs";
import { eventually } from "../poll.mjs";

const BOUND = { timeout: 60_000 };
const HOUR = 3_600_000;

const idsOf = (events) => events.map(({ id }) => id);

export function holdingBack(browser) {
  describe("debounce", () => {
    it("stores each of many quick changes, and sends the last one alone", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      const { ids, durabilities, inFlight } = await page.evaluate(async () => {
        await connect("live", { debounce: 300 });
        globalThis.receipts = await Promise.all(Array.from({ length: 20 }, (_, index) => push("bm_1", `draft ${index}`)));
        const durabilities = new Set(receipts.map(({ durability }) => durability));
        return { ids: receipts.map(({ id }) => id), durabilities: [...durabilities], inFlight: sync.status.inFlight };
      });
      assert.deepEqual([durabilities, inFlight], [["strict"], 0]);
      const outcomes = await page.evaluate(() => Promise.all(receipts.map(({ acknowledged }) => acknowledged)));
      assert.deepEqual(outcomes, [...Array(19).fill("superseded"), "confirmed"]);
      assert.deepEqual(idsOf(peer.events), [ids.at(-1)]);
      assert.deepEqual(await page.evaluate(() => titles()), { bm_1: "draft 19" });
    });

    for (const [when, what] of [["when the page is hidden", hide], ["before it disconnects", () => sync.disconnect()]]) {
      it(`sends at once ${when}`, BOUND, async (t) => {
        const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
        const id = await page.evaluate(async (debounce) => {
          await connect("live", { debounce });
          return (await push("bm_1", "Rust")).id;
        }, HOUR);
        assert.deepEqual(peer.events, []);
        await page.evaluate(what);
        assert.deepEqual(idsOf(await peer.received(1)), [id]);
      });
    }

    it("does not keep a disconnected manager from being idle", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(async (debounce) => {
        await connect("live", { debounce });
        await push("bm_1", "Rust");
        sync.disconnect();
        await until(() => sync.status.state === "idle");
      }, HOUR);
      await eventually("the end of the socket", () => peer.closed.length === 1);
      assert.equal(peer.events.length, 1);
    });

    for (const [when, what] of [["is hidden", hide], ["disconnects", () => sync.disconnect()]]) {
      it(`sends at once what a tab has made that only follows, when it ${when}`, BOUND, async (t) => {
        const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end), { debounce: HOUR });
        const id = await second.evaluate(async () => (await push("bm_1", "Rust")).id);
        await first.evaluate(() => until(() => sync.get("bookmark", "bm_1")));
        assert.deepEqual(peer.events, []);
        await second.evaluate(what);
        assert.deepEqual(idsOf(await peer.received(1)), [id]);
      });
    }

    it("holds nothing back that a hidden tab makes", BOUND, async (t) => {
      const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end), { debounce: HOUR });
      for (const [index, page] of [first, second].entries()) {
        await page.evaluate(hide);
        await page.evaluate((id) => push(id, "Rust"), `bm_${index}`);
        await peer.received(index + 1);
      }
    });

    it("sends what was pushed right before the disconnect, awaited or not", BOUND, async (t) => {
      for (const debounce of [0, HOUR]) {
        const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
        await page.evaluate(async (debounce) => {
          await connect("live", { debounce });
          for (let index = 0; index < 100; index++) void push(`bm_${index}`, "Rust");
          sync.disconnect();
          await until(() => sync.status.state === "idle");
        }, debounce);
        assert.equal(new Set((await peer.received(100)).map(({ entity_id }) => entity_id)).size, 100);
      }
    });

    it("holds back what another tab sends, too", BOUND, async (t) => {
      const { peer, page, openTab } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate((debounce) => connect("live", { debounce }), HOUR);
      const { page: second } = await openTab();
      await second.evaluate(async (debounce) => {
        await connect("following", { debounce });
        await push("bm_1", "Rust");
      }, HOUR);
      await page.evaluate(() => until(() => sync.get("bookmark", "bm_1")));
      assert.deepEqual(peer.events, []);
      await page.evaluate(hide);
      await peer.received(1);
    });
  });

  describe("an update", () => {
    it("that equals what the server has is not sent, in no tab", BOUND, async (t) => {
      const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      const pushAll = async () => {
        const outcomes = [];
        for (const title of ["Rust", "Rust", "Ferris", "Rust"]) outcomes.push(await (await push("bm_1", title)).acknowledged);
        return outcomes;
      };
      assert.deepEqual(await first.evaluate(pushAll), ["confirmed", "unchanged", "confirmed", "confirmed"]);
      await second.evaluate(() => until(async () => (await titles()).bm_1 === "Rust" && sync.status.pending === 0));
      assert.deepEqual(await second.evaluate(pushAll), ["unchanged", "unchanged", "confirmed", "confirmed"]);
      assert.equal(peer.events.length, 5);
    });

    it("is sent where another change of the entity waits", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      const outcomes = await page.evaluate(async () => {
        await connect("live");
        await (await push("bm_1", "Rust")).acknowledged;
        sync.disconnect();
        const receipts = [await push("bm_1", "Ferris"), await push("bm_1", "Rust")];
        sync.connect();
        return Promise.all(receipts.map(({ acknowledged }) => acknowledged));
      });
      assert.deepEqual(outcomes, ["superseded", "confirmed"]);
      assert.equal(peer.events.length, 2);
    });
  });
}

function hide() {
  Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
