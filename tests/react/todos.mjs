import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "../browser/glint/page.mjs";
import { TEAM } from "../browser/glint/server.mjs";
import { eventually, is } from "../browser/poll.mjs";
import { bundle } from "./bundle.mjs";

const BOUND = { timeout: 90_000 };

export function todos(browser, version) {
  describe(`useTodos of React ${version}`, () => {
    it("opens when a set is chosen and somebody is signed in, switches, and closes when it goes", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      const { id } = server.add("inbox", { title: "Plan" });
      server.add("inbox", { title: "Below", parentId: id });
      server.add("later", { title: "Rest" });
      await page.addScriptTag({ content: await bundle("todos", version) });
      await page.evaluate((teamId) => {
        globalThis.opened = 0;
        globalThis.unmount = react.mount(async (chosen) => ((opened += 1), manager(chosen)), teamId);
      }, TEAM);
      const choose = (chosen) => page.evaluate((chosen) => react.choose(chosen), { teamId: TEAM, isSignedIn: true, ...chosen });
      const shows = (titles) => eventually(titles, async () => (await page.locator("#todos li").allInnerTexts()).map((text) => text.split("\n")[0]).join(), { until: is(titles) });
      await choose({ setId: "inbox", isSignedIn: false });
      assert.equal(await page.evaluate(() => opened), 0);
      await choose({ setId: "inbox" });
      await shows("Plan,Below");
      await eventually("one socket", () => server.listening("inbox"), { until: is(1) });

      const before = await page.evaluate(() => ({ ...react.renders }));
      await page.evaluate(() => react.view().sync.createTodo({ title: "New" }));
      await shows("Plan,Below,New");
      await server.written(1);
      const after = await page.evaluate(() => react.renders);
      assert.deepEqual([after.Plan - before.Plan, after.Below - before.Below], [0, 0], "what did not change is not rendered");

      await choose({ setId: "later" });
      await shows("Rest");
      await eventually("the other socket alone", () => `${server.listening("inbox")} ${server.listening("later")}`, { until: is("0 1") });
      assert.equal(await page.evaluate(() => opened), 1);
      await page.evaluate(() => unmount());
      await eventually("no socket", () => server.listening("later"), { until: is(0) });
    });
  });
}
