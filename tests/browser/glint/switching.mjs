import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually, is } from "../poll.mjs";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 90_000 };

export function switching(browser) {
  describe("switchSet", () => {
    it("shows another set, whose news are told and those of the former are not", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      server.add("inbox", { title: "In the inbox" });
      server.add("later", { title: "For later" });
      await page.evaluate(() => connect("live"));
      assert.deepEqual(await page.evaluate(() => titles()), ["In the inbox"]);
      await page.evaluate(async () => {
        await sync.switchSet("later");
        await until(() => sync.status.state === "live");
      });
      assert.equal(await page.evaluate(() => sync.setId), "later");
      assert.deepEqual(await page.evaluate(() => titles()), ["For later"]);
      await eventually("one listener, of the set that is shown", () => [server.listening("inbox"), server.listening("later")].join(), { until: is("0,1") });
      await page.evaluate(() => (changes.length = 0));
      server.add("inbox", { title: "Unheard" });
      server.add("later", { title: "Heard" });
      await page.evaluate(() => until(() => changes.length > 0));
      assert.deepEqual(await page.evaluate(() => changes.map(({ data }) => data.title)), ["Heard"]);
    });

    it("goes on sending what waits in the former set, under the same receipts", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      const outcomes = await page.evaluate(async () => {
        const receipts = await Promise.all(Array.from({ length: 10 }, (_, index) => sync.createTodo({ title: `Todo ${index}` })));
        await sync.switchSet("later");
        globalThis.here = await sync.createTodo({ title: "Here" });
        return Promise.all([...receipts, here].map(({ acknowledged }) => acknowledged));
      });
      assert.deepEqual(outcomes, Array(11).fill("confirmed"));
      assert.equal(server.titles("inbox").length, 10);
      assert.deepEqual(server.titles("later"), ["Here"]);
      assert.equal(server.writes.length, 11);
    });

    it("comes back to a set that is still being sent", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await page.evaluate(async () => {
        await Promise.all(Array.from({ length: 10 }, (_, index) => sync.createTodo({ title: `Todo ${index}` })));
        await Promise.all([sync.switchSet("later"), sync.switchSet("inbox"), sync.switchSet("later"), sync.switchSet("inbox")]);
        await settled();
        await until(() => sync.status.state === "live");
      });
      assert.equal(await page.evaluate(() => sync.setId), "inbox");
      assert.equal((await page.evaluate(() => titles())).length, 10);
      assert.equal(server.writes.length, 10);
      await eventually("one listener", () => server.listening("inbox") + server.listening("later"), { until: is(1) });
    });

    it("is followed by `ready`, as opening is", BOUND, async (t) => {
      const { page } = await openGlintPage(browser, (end) => t.after(end));
      const told = await page.evaluate(async () => {
        globalThis.sync = await manager();
        const told = [];
        sync.on("ready", () => told.push(sync.setId));
        sync.on("ready", () => told.push("ended"))();
        await until(() => told.length === 1);
        await sync.switchSet("inbox");
        await sync.switchSet("later");
        await until(() => told.length === 2);
        return told;
      });
      assert.deepEqual(told, ["inbox", "later"]);
    });

    it("refuses what is no set, and stays where it is", BOUND, async (t) => {
      const { page } = await openGlintPage(browser, (end) => t.after(end));
      const codes = await page.evaluate(async () => {
        globalThis.sync = await manager();
        return [await codeOf(() => sync.switchSet("")), await codeOf(() => sync.switchSet(7)), sync.setId, await codeOf(() => sync.createTodo({ title: "Milk" }))];
      });
      assert.deepEqual(codes, ["bad_option setId", "bad_option setId", "inbox", "nothing thrown"]);
    });

    it("tells a refusal in the former set, with its name", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      server.refused.set("todos", [403, { error: "Read only" }]);
      await page.evaluate(async () => {
        await sync.createTodo({ title: "Milk" });
        await sync.switchSet("later");
        await until(() => refusals.length === 1);
      });
      assert.deepEqual(await page.evaluate(() => refusals.map(({ setId, reason }) => [setId, reason])), [["inbox", "Read only"]]);
      assert.deepEqual(await page.evaluate(() => sync.wedged()), []);
      await page.evaluate(() => sync.switchSet("inbox"));
      assert.equal((await page.evaluate(() => sync.wedged()))[0].setId, "inbox");
    });
  });

  describe("moveTodo", () => {
    for (const insertAt of ["top", "bottom", undefined]) {
      it(`brings a todo to the other set, with those below it (insertAt: ${insertAt})`, BOUND, async (t) => {
        const { server, page } = await openGlintPage(browser, (end) => t.after(end));
        const { id } = server.add("inbox", { title: "Root" });
        server.add("inbox", { title: "Below", parentId: id });
        server.add("inbox", { title: "Stays" });
        await page.evaluate(() => connect("live"));
        const shown = await page.evaluate(async ({ id, insertAt }) => {
          const { acknowledged } = await sync.moveTodo(id, "later", insertAt);
          const before = await titles();
          return { before, outcome: await acknowledged, after: await titles() };
        }, { id, insertAt });
        assert.deepEqual(shown, { before: ["Stays"], outcome: "confirmed", after: ["Stays"] });
        assert.deepEqual(server.writes.map(({ body }) => body), [{ targetSetId: "later", ...(insertAt && { insertAt }) }]);
        await page.evaluate(async () => {
          await sync.switchSet("later");
          await until(async () => (await titles()).length === 2);
        });
        const [root] = await page.evaluate(() => sync.todos());
        assert.deepEqual([root.title, root.children.map(({ title }) => title)], ["Root", ["Below"]]);
      });
    }
  });

  describe("what waits in other sets of the team since before a reload", () => {
    it("is sent in the background", BOUND, async (t) => {
      const { server, page, reload } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        await sync.createTodo({ title: "In the inbox" });
        await sync.switchSet("later");
        await sync.createTodo({ title: "For later" });
      });
      await reload();
      await page.evaluate(async () => {
        globalThis.sync = await manager({ setId: "elsewhere" }); // There is no such set on the server.
        sync.connect();
      });
      await server.written(2);
      await eventually("both at the server", () => [...server.titles("inbox"), ...server.titles("later")].join(), { until: is("In the inbox,For later") });
      assert.equal(server.listening("inbox") + server.listening("later"), 0);
      await page.evaluate(() => until(() => sync.status.state === "stopped"));
      // The databases are closed by then: a tab that opens one is alone with it.
      await page.evaluate(async () => {
        for (const setId of ["inbox", "later"]) {
          await sync.switchSet(setId);
          await until(() => sync.status.pending === 0 && sync.status.state === "live");
        }
      });
      assert.equal(server.writes.length, 2);
    });

    it("is left to the tab that has the set in hand", BOUND, async (t) => {
      const { server, context, page, openTab } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      const { page: other } = await openTab();
      await context.setOffline(true);
      await page.evaluate(() => sync.createTodo({ title: "In the inbox" }));
      await other.evaluate(async () => {
        globalThis.sync = await manager({ setId: "later" });
        sync.connect();
        await sync.createTodo({ title: "For later" });
      });
      await context.setOffline(false);
      for (const tab of [page, other]) await tab.evaluate(() => (sync.reconnect(), settled()));
      assert.deepEqual(server.writes.map(({ body }) => body.title).sort(), ["For later", "In the inbox"]);
    });
  });
}
