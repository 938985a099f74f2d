import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { sentenceOf } from "../../pkg/react-status.js";
import { openPage } from "../package/browser.mjs";
import { bundle } from "./bundle.mjs";

const BOUND = { timeout: 60_000 };
const WORDS = { connecting: "Connecting…", connected: "Connected", authenticated: "Connected", reconnecting: "Reconnecting…", disconnected: "Offline", error: "Not syncing" };

async function codes() {
  const types = await readFile(new URL("../../pkg-template/src/types.d.ts", import.meta.url), "utf8");
  const [, union] = types.match(/export type ErrorCode =([^;]+);/);
  return [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code);
}

export function components(browser, version) {
  const open = async (t) => {
    const { page, close } = await openPage(browser, "about:blank");
    t.after(close);
    await page.addScriptTag({ content: await bundle("status", version) });
    return page;
  };

  describe(`the status of React ${version}`, () => {
    it("has a word for each state, and a person is told of a change", BOUND, async (t) => {
      const page = await open(t);
      for (const [status, word] of Object.entries(WORDS)) {
        await page.evaluate((status) => react.show({ status }), status);
        for (const line of await page.getByRole("status").all()) assert.equal(await line.innerText(), word);
      }
      await page.evaluate(() => react.show({ status: "authenticated", pending: 3 }));
      assert.deepEqual(await page.locator("small").allInnerTexts(), ["3 to be sent", "3 to be sent"]);
      await page.evaluate(() => react.show({ status: "authenticated", pending: 0, lastSync: 0 }));
      assert.match((await page.locator("small").allInnerTexts()).join(), /^synced \d.*,synced \d/);
    });

    it("has details that a keyboard opens and closes, with the sentence for the error, and its buttons", BOUND, async (t) => {
      const page = await open(t);
      await page.evaluate(() => react.show({ status: "error", reason: "needs_auth", reconnectAttempts: 4, joinedNotes: ["one", "two"], lastSync: 0 }));
      const button = page.getByRole("button", { name: "Details" });
      assert.equal(await button.getAttribute("aria-expanded"), "false");
      assert.equal(await page.getByRole("alert").isVisible(), false);
      await button.focus();
      await page.keyboard.press("Enter");
      assert.equal(await button.getAttribute("aria-expanded"), "true");
      assert.equal(await page.getByRole("alert").innerText(), sentenceOf("needs_auth"));
      const facts = await page.locator("dl div").allInnerTexts();
      assert.deepEqual(facts.map((fact) => fact.split("\n").map((part) => part.trim()).filter(Boolean)).filter(([name]) => name !== "Last sync"), [
        ["Connection", "Not syncing"], ["Signed in", "No"], ["Waiting to be sent", "0"], ["Attempts", "4"], ["Live notes", "2"],
      ]);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.deepEqual(await page.evaluate(() => react.called), ["reconnect"]);
      await page.evaluate(() => react.show({ status: "error", error: "The server said no." }));
      assert.equal(await page.getByRole("alert").innerText(), "The server said no.");
      await page.getByRole("button", { name: "Clear" }).click();
      assert.deepEqual(await page.evaluate(() => react.called), ["reconnect", "clear"]);
      await page.keyboard.press("Escape");
      assert.equal(await button.getAttribute("aria-expanded"), "false");
      await page.evaluate(() => react.show({ status: "error", showDetails: false }));
      assert.equal(await page.getByRole("button", { name: "Details" }).count(), 0);
    });

    it("offers to reconnect in the short form where that can help", BOUND, async (t) => {
      const page = await open(t);
      for (const status of Object.keys(WORDS)) {
        await page.evaluate((status) => react.show({ status, showDetails: false }), status);
        const offers = await page.locator("footer").getByRole("button", { name: "Reconnect" }).count();
        assert.equal(offers, ["disconnected", "error", "reconnecting"].includes(status) ? 1 : 0, status);
      }
    });
  });

  if (version === 19) {
    describe("the sentence for an error", () => {
      it("is there for each code, and is one sentence or two for a person", async () => {
        const all = await codes();
        assert.ok(all.length > 40);
        for (const code of all) {
          const sentence = sentenceOf(code);
          assert.notEqual(sentence, code, `${code} has none`);
          assert.match(sentence, /^[A-Z][^_`]{15,140}\.$/, code);
        }
      });
    });
  }
}
