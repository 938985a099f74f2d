import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "../glint/page.mjs";
import { openPeerPage } from "../peer-page.mjs";
import { eventually } from "../poll.mjs";
import { quotaOf } from "./database.mjs";

const BOUND = { timeout: 120_000 };

/** Chromium trusts what it has found of the space left for a while: before anything is stored there is nothing that it has found. */
const QUOTA = 1_000_000;

/** To be evaluated in a page: stores until not even little finds space; resolves to how much was stored. */
async function fill({ push, sizes }) {
  const one = new Function("id", "text", `return ${push}`);
  let count = 0;
  for (const size of sizes) {
    for (let code; code !== "storage_full"; ) {
      // What is compressed takes no space.
      const text = Array.from({ length: size }, () => String.fromCharCode(97 + Math.random() * 26)).join("");
      code = await codeOf(() => one(`row ${count}`, text));
      if (code === "nothing thrown") count++;
      else if (code !== "storage_full") throw new Error(code);
      if (count > 2_000) throw new Error("it is never full");
    }
  }
  return count;
}

/** It is told again where something found space in between. */
const full = () => [...new Set(errors.map(({ code }) => code).filter((code) => code.startsWith("storage")))];

export function filling(browser) {
  describe("where the browser has no space left", () => {
    it("pushes are refused with storage_full; reading, confirming and sending go on when there is space: BitMarks", BOUND, async (t) => {
      const { peer, page, problems } = await openPeerPage(browser, (end) => t.after(end));
      const setQuota = await quotaOf(page);
      await setQuota(QUOTA);
      peer.isMute = true;
      await page.evaluate(() => connect("live"));
      const count = await page.evaluate(fill, { push: "sync.pushChange('bookmark', id, 'create', { title: text })", sizes: [200_000, 20_000, 2_000, 200, 1] });
      assert.ok(count > 0);
      assert.equal(await page.evaluate(() => codeOf(() => push("bm_1", "refused"))), "storage_full");
      assert.equal((await page.evaluate(() => sync.list("bookmark"))).length, count);

      // What the server confirms cannot be stored now, and is not lost.
      peer.isMute = false;
      const asked = peer.pulls.length;
      await page.evaluate(() => sync.reconnect());
      await eventually("a pull", () => peer.pulls.length > asked);
      await new Promise((resolve) => setTimeout(resolve, 5_000)); // It is tried again and again.
      assert.ok((await page.evaluate(() => sync.status.pending)) > 0);
      assert.deepEqual(await page.evaluate(full), ["storage_full"]);

      await setQuota();
      await page.evaluate(async () => {
        await push("bm_1", "stored now");
        await settled();
      });
      const ids = peer.events.map(({ entity_id }) => entity_id);
      assert.deepEqual(new Set(ids), new Set([...Array.from({ length: count }, (_, number) => `row ${number}`), "bm_1"]));
      assert.deepEqual([await page.evaluate(full), problems], [["storage_full"], []]);
    });

    it("pushes are refused with storage_full, and what the server has done is stored when there is space: todos", BOUND, async (t) => {
      const { server, page, problems } = await openGlintPage(browser, (end) => t.after(end));
      const setQuota = await quotaOf(page);
      await setQuota(QUOTA);
      await page.evaluate(() => connect("live"));
      server.isDown = true;
      server.cut();
      const count = await page.evaluate(fill, { push: "sync.createTodo({ title: `${id} ${text}` })", sizes: [30_000, 3_000, 300, 1] });
      assert.equal(await page.evaluate(() => codeOf(() => sync.createTodo({ title: "refused" }))), "storage_full");
      const shown = await page.evaluate(() => titles());
      assert.equal(shown.length, count);
      assert.ok(count > 0 && count < 200, `${count}`);

      // What is sent from here on cannot be written down before it is, so it waits.
      server.isDown = false;
      await page.evaluate(async () => {
        sync.reconnect();
        await until(() => sync.status.state === "live");
      });
      await new Promise((resolve) => setTimeout(resolve, 5_000)); // As above.
      assert.deepEqual(await page.evaluate(full), ["storage_full"]);
      await setQuota();
      await page.evaluate(async () => {
        await sync.createTodo({ title: "stored now" });
        await settled();
      });
      assert.deepEqual(server.titles("inbox"), [...shown, "stored now"].sort());
      assert.deepEqual([await page.evaluate(() => titles()), await page.evaluate(full), problems], [server.titles("inbox"), ["storage_full"], []]);
    });
  });
}
