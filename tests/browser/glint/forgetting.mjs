import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 60_000 };

export function forgetting(browser) {
  describe("forget", () => {
    it("wipes all sets of the account, closes the managers of other tabs, and leaves other accounts alone", BOUND, async (t) => {
      const { server, page, openTab } = await openGlintPage(browser, (end) => t.after(end));
      server.isDown = true;
      const { page: other } = await openTab();
      await page.evaluate(async () => {
        const another = await manager({ me: { id: "user_2" } });
        await another.createTodo({ title: "Another's" });
        another.close();
        globalThis.sync = await manager();
        await sync.createTodo({ title: "In the inbox" });
        await sync.switchSet("later");
        await sync.createTodo({ title: "For later" });
      });
      await other.evaluate(async () => (globalThis.sync = await manager()));
      await page.evaluate(() => sync.forget());
      assert.equal(await page.evaluate(() => codeOf(() => sync.list())), "closed");
      await other.evaluate(() => until(async () => (await codeOf(() => sync.list())) === "closed"));
      const left = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
      assert.deepEqual(left, [`sealwire/glint/${server.origin}/user_2/team%2F1/inbox`]);
      const shown = await page.evaluate(async () => {
        globalThis.sync = await manager();
        const inbox = await titles();
        await sync.switchSet("later");
        return [...inbox, ...(await titles())];
      });
      assert.deepEqual(shown, []);
    });
  });

  describe("a manager that is closed", () => {
    it("refuses what it is asked, and says so once", BOUND, async (t) => {
      const { page } = await openGlintPage(browser, (end) => t.after(end));
      const codes = await page.evaluate(async () => {
        const sync = await manager();
        const switching = sync.switchSet("later").catch(({ code }) => code);
        sync.close();
        sync.free();
        return [await switching, ...(await Promise.all([() => sync.list(), () => sync.todos(), () => sync.connect(), () => sync.on("change", () => {})].map(codeOf))), sync.status.state];
      });
      assert.deepEqual(codes, [...Array(5).fill("closed"), "idle"]);
    });
  });
}
