import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 90_000 };

export function connecting(browser) {
  describe("a server without live push", () => {
    it("is asked from time to time, and written to all the same", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      server.live = "none";
      server.add("inbox", { title: "There" });
      await page.evaluate(() => connect("polling"));
      assert.deepEqual(await page.evaluate(() => [sync.status.reason, errors.map(({ code }) => code)]), ["no_live_push", ["no_live_push"]]);
      await page.evaluate(() => until(async () => (await titles()).length === 1));
      assert.equal(await page.evaluate(async () => (await sync.createTodo({ title: "Milk" })).acknowledged), "confirmed");
      const before = server.listings;
      server.add("inbox", { title: "Later" });
      await page.evaluate(() => until(async () => (await titles()).includes("Later")));
      assert.ok(server.listings > before);
    });
  });

  for (const generation of [2, 3]) {
    describe(`a network that cuts sockets, before a server of generation ${generation}`, () => {
      it("is answered with a stream, which is not opened again by the browser", BOUND, async (t) => {
        const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation });
        server.live = "stream";
        await page.evaluate(() => connect("live"));
        assert.deepEqual(server.dialled, { socket: 3, stream: 1 });
        server.add("inbox", { title: "By stream" });
        await page.evaluate(() => until(() => events.some(({ type }) => type === "todo:created")));
        assert.deepEqual(await page.evaluate(() => titles()), ["By stream"]);
        server.live = "socket";
        server.cut();
        await page.evaluate(() => until(() => sync.status.state === "reconnecting"));
        await page.evaluate(() => until(() => sync.status.state === "live"));
        assert.deepEqual(server.dialled, { socket: 4, stream: 1 });
        assert.equal(server.listening("inbox"), 1);
      });
    });
  }

  describe("a session", () => {
    it("that is missing stops, until it is there", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      const { user } = server;
      server.user = null;
      await page.evaluate(() => connect("stopped"));
      assert.equal(await page.evaluate(() => sync.status.reason), "needs_auth");
      await page.evaluate(() => sync.createTodo({ title: "Milk" }));
      server.user = user;
      await page.evaluate(() => (sync.reconnect(), settled()));
      assert.deepEqual(server.titles("inbox"), ["Milk"]);
    });

    it("of another account stops, and nothing is sent", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end));
      server.user = { ...server.user, id: "user_2" };
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        await sync.createTodo({ title: "Milk" });
        sync.connect();
        await until(() => sync.status.state === "stopped");
      });
      assert.equal(await page.evaluate(() => sync.status.reason), "wrong_user");
      assert.deepEqual(server.writes, []);
    });
  });

  describe("disconnect", () => {
    it("keeps the changes of all sets, and connect sends them", BOUND, async (t) => {
      const { server, context, page } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await context.setOffline(true);
      const kept = await page.evaluate(async () => {
        globalThis.receipts = [await sync.createTodo({ title: "In the inbox" })];
        await sync.switchSet("later");
        receipts.push(await sync.createTodo({ title: "For later" }));
        sync.disconnect();
        return sync.status;
      });
      assert.deepEqual([kept.state, kept.pending], ["idle", 1]);
      await context.setOffline(false);
      const outcomes = await page.evaluate(() => (sync.connect(), Promise.all(receipts.map(({ acknowledged }) => acknowledged))));
      assert.deepEqual(outcomes, ["confirmed", "confirmed"]);
      assert.deepEqual([...server.titles("inbox"), ...server.titles("later")], ["In the inbox", "For later"]);
    });
  });
}
