import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startBadLine } from "../bad-line.mjs";
import { openGlintPage } from "../glint/page.mjs";
import { eventually } from "../poll.mjs";
import { prepare } from "../typelets/page.mjs";
import { openTypeletsPage } from "../typelets/server.mjs";
import { HINTS } from "./noticing.mjs";

const BOUND = { timeout: 120_000 };
const SEEN = ["the browser is online again", "the page is seen", "the page comes back from the back-forward cache"];

/** A page of Typelets whose socket goes over a line of its own. */
async function openTypelets(browser, t) {
  const opened = await openTypeletsPage(browser, t, prepare);
  const line = await startBadLine(opened.server);
  t.after(() => line.close());
  const note = opened.server.add({ title: "Plain", content: "" });
  await opened.page.evaluate((url) => connect("live", { url }), `${line.origin.replace("http", "ws")}/ws`);
  return { ...opened, line, note };
}

async function openGlint(browser, t) {
  const opened = await openGlintPage(browser, (end) => t.after(end), { generation: 2 });
  const line = await startBadLine(opened.server);
  t.after(() => line.close());
  await opened.page.goto(line.origin);
  await opened.page.waitForFunction(() => globalThis.sealwire !== undefined);
  await opened.page.evaluate((origin) => connect("live", { origin }), line.origin);
  return { ...opened, line };
}

const codes = (page) => page.evaluate(() => errors.map(({ code }) => code));

export function rows(browser) {
  describe("a socket of Typelets that is dead", { concurrency: 4 }, () => {
    it("is given up within 8 s of an update, which is looked for and made once", BOUND, async (t) => {
      const { line, page, server, note } = await openTypelets(browser, t);
      line.halfOpen();
      const began = Date.now();
      await page.evaluate(async (id) => (globalThis.receipt = await sync.updateNote(id, { starred: true })), note.id);
      await eventually("another dial", () => line.dialled === 2, { bound: 20_000 });
      const took = line.dialledAt - began;
      assert.ok(took > 6_500 && took < 10_000, `${took} ms`);
      assert.equal(line.open, 2, "the former socket has not ended");
      assert.equal(await page.evaluate(() => receipt.acknowledged), "confirmed");
      assert.equal(server.frames.filter(({ type }) => type === "note_update").length, 1);
      assert.equal(server.notes.get(note.id).starred, true);
    });

    it("in a black hole for a while is followed by one that sends what waited", BOUND, async (t) => {
      const { line, page, server, note } = await openTypelets(browser, t);
      line.fault = "blackHole";
      await page.evaluate(async (id) => (globalThis.receipt = await sync.updateNote(id, { starred: true })), note.id);
      await page.evaluate(() => until(() => codes().includes("no_pong")));
      line.fault = "good";
      await page.evaluate(() => dispatchEvent(new Event("online")));
      assert.equal(await page.evaluate(() => receipt.acknowledged), "confirmed");
      assert.equal(server.notes.get(note.id).starred, true);
    });

    for (const what of SEEN) {
      it(`is noticed within 2 s when ${what}; one that lives stays`, BOUND, async (t) => {
        const { line, page } = await openTypelets(browser, t);
        await page.evaluate(HINTS[what]);
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 3_000)));
        assert.deepEqual([line.dialled, await codes(page)], [1, []]);
        line.halfOpen();
        const hinted = Date.now();
        await page.evaluate(HINTS[what]);
        await eventually("another dial", () => line.dialled === 2, { bound: 20_000 });
        const took = line.dialledAt - hinted;
        assert.ok(took > 1_900 && took < 5_000, `${took} ms`);
        await page.evaluate(() => until(() => sync.status.state === "live"));
      });
    }
  });

  describe("a socket of Glint, over which nothing can be asked,", { concurrency: 4 }, () => {
    for (const what of SEEN) {
      it(`is replaced when ${what}, and what it kept back is read`, BOUND, async (t) => {
        const { line, page, server } = await openGlint(browser, t);
        // What told of itself just now would be taken for alive where the page is only looked at again.
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 10_500)));
        line.halfOpen();
        server.add("inbox", { title: "Kept back" });
        await page.evaluate(HINTS[what]);
        await page.evaluate(() => until(async () => (await titles()).includes("Kept back")));
        await eventually("another dial", () => line.dialled === 2);
        await page.evaluate(() => until(() => sync.status.state === "live"));
        assert.equal(line.open, 2, "the former socket has not ended");
        server.add("inbox", { title: "Told" });
        await page.evaluate(() => until(() => events.some(({ todo }) => todo?.title === "Told")));
      });
    }
  });
}
