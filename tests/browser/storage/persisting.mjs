import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "../glint/page.mjs";
import { openPeerPage } from "../peer-page.mjs";

const BOUND = { timeout: 60_000 };

/** Counts how often the browser is asked, and keeps what it answers. */
function watchPersist() {
  globalThis.answers = [];
  const { persist } = StorageManager.prototype;
  StorageManager.prototype.persist = async function () {
    const answer = await persist.call(this);
    answers.push(answer);
    return answer;
  };
}

export function persisting(browser) {
  describe("requestPersistence()", () => {
    for (const [dialect, openPage] of Object.entries({ BitMarks: openPeerPage, todos: openGlintPage })) {
      it(`asks the browser, and is never called by itself: ${dialect}`, BOUND, async (t) => {
        const { page, reload } = await openPage(browser, (end) => t.after(end));
        await page.addInitScript(watchPersist);
        await reload();
        const { asked, answer, answers: all } = await page.evaluate(async () => {
          await connect("live");
          const asked = answers.length;
          return { asked, answer: await sync.requestPersistence(), answers };
        });
        assert.deepEqual([asked, typeof answer, all], [0, "boolean", [answer]]);
        assert.equal(await page.evaluate(() => {
          Object.defineProperty(navigator, "storage", { value: undefined });
          return sync.requestPersistence();
        }), false);
      });
    }
  });
}
