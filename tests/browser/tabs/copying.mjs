import assert from "node:assert/strict";
import { it } from "node:test";
import { openPeerPage } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };

export function copying(browser) {
  it("a copied tab, which has the first one's session storage, is a tab like any other", BOUND, async (t) => {
    const { peer, page: first } = await openPeerPage(browser, (end) => t.after(end));
    await first.evaluate(() => connect("live"));
    await first.evaluate(() => push("bm_0", "before"));
    const opened = first.waitForEvent("popup");
    await first.evaluate(() => {
      sessionStorage.setItem("mark", "of the first");
      window.open(location.href);
    });
    const copy = await opened;
    await copy.waitForFunction(() => globalThis.sealwire !== undefined);
    assert.equal(await copy.evaluate(() => sessionStorage.getItem("mark")), "of the first");
    await copy.evaluate(() => connect("following"));
    const pages = [first, copy];
    for (const [index, page] of pages.entries()) {
      assert.equal(await page.evaluate(async (id) => (await push(id, "Rust")).acknowledged, `bm_${index + 1}`), "confirmed");
    }
    for (const page of pages) {
      await page.evaluate(() => until(async () => Object.keys(await titles()).length === 3));
      assert.deepEqual(await page.evaluate(() => titles()), { bm_0: "before", bm_1: "Rust", bm_2: "Rust" });
    }
    assert.deepEqual(peer.events.map(({ entity_id }) => entity_id), ["bm_0", "bm_1", "bm_2"]);
    assert.equal(new Set(peer.events.map(({ device_id }) => device_id)).size, 1);
    assert.equal(peer.dialled.length, 1);
  });
}
