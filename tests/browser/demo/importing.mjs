import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { SAMPLE } from "../demo.mjs";
import { eventually, is } from "../poll.mjs";

const NO_BOOKMARKS = {
  "a page that is no export": { content: "<!doctype html><title>News</title><p>Nothing <b>happened</b>.</p>", answer: /not a bookmark export/ },
  "an empty file": { content: "", answer: /empty/ },
  "a binary file": { content: Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) % 256)), answer: /not a bookmark export/ },
};

export function importing(story) {
  describe("the importer", () => {
    for (const [what, { content, answer }] of Object.entries(NO_BOOKMARKS)) {
      it(`refuses ${what}`, async () => {
        const told = await story.first.offerFile({ name: "file.html", mimeType: "text/html", buffer: Buffer.from(content) });
        assert.match(told, answer);
        await story.first.closeDialog();
      });
    }

    it("offers what half a file holds, counts what cannot be read, and imports nothing unasked", async () => {
      const text = await readFile(SAMPLE);
      const half = text.subarray(0, text.length / 2);
      const told = await story.first.offerFile({ name: "half.html", mimeType: "text/html", buffer: half });
      assert.match(told, /^999 bookmarks in \d+ folders; 1 entry could not be read$/);
      await story.first.closeDialog();
      assert.equal(await story.first.rowCount(), 0);
    });

    it("imports the sample, which the second browser shows as it arrives", { timeout: 120_000 }, async () => {
      const { first, second } = story;
      const counts = new Set();
      const arriving = eventually("all bookmarks in the second browser", async () => counts.add(await second.rowCount()).has(2000), { bound: 90_000 });
      await Promise.all([first.importSample(), arriving]);
      assert.ok(counts.size > 2, `the second browser showed ${[...counts]} bookmarks on the way`);
      await first.hasRows(2000);
      await Promise.all([first.isSettled(), second.isSettled()]);
      const folders = await first.folders();
      assert.equal(folders.length, 34);
      assert.deepEqual(await second.folders(), folders);
    });

    it("makes a link of no address but http and https", async () => {
      const { page } = story.first;
      const size = page.viewportSize();
      // So high that no row is left out of the window.
      await page.setViewportSize({ ...size, height: 4000 });
      await story.first.press("Odd ones 52");
      const rows = page.getByTestId("bookmark-row");
      await eventually("all rows", () => rows.count(), { until: is(52) });
      const hrefs = await rows.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      assert.deepEqual([...new Set(hrefs.map((href) => new URL(href).protocol))].sort(), ["http:", "https:"]);
      const unlinked = await rows.filter({ hasText: "not opened here" }).count();
      assert.ok(unlinked > 0, "the sample has addresses that are no links");
      assert.equal(hrefs.length + unlinked, 52);
      await page.setViewportSize(size);
      await story.first.showAll();
    });
  });
}
