import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually, is } from "../poll.mjs";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 120_000 };

/** In a page: a write of each method. */
async function changeAll() {
  const [milk, bread] = [await sync.createTodo({ title: "Milk" }), await sync.createTodo({ title: "Bread" })];
  await Promise.all([milk.acknowledged, bread.acknowledged]);
  const receipts = [
    milk,
    await sync.updateTodo(milk.todoId, { completed: true }),
    await sync.reorder([{ id: milk.todoId, sortOrder: 0.5 }]),
    await sync.claim(milk.todoId),
    await sync.deleteTodo(bread.todoId),
  ];
  return Promise.all(receipts.map(({ acknowledged }) => acknowledged));
}

export function elsewhere(browser) {
  for (const generation of [1, 2, 3]) {
    describe(`a page of another origin than its server of generation ${generation}`, () => {
      it("reads, writes with every method, and hears of news", BOUND, async (t) => {
        const { server, page, problems } = await openGlintPage(browser, (end) => t.after(end), { generation, elsewhere: true });
        server.add("inbox", { title: "There" });
        await page.evaluate(() => connect("live"));
        assert.notEqual(await page.evaluate(() => location.origin), server.origin);
        const outcomes = await page.evaluate(changeAll);
        assert.deepEqual(outcomes.filter((outcome) => outcome !== "confirmed"), []);
        const { completed, sortOrder, claimedBy, assignees } = server.todo("inbox", "Milk");
        assert.deepEqual([completed, sortOrder, claimedBy ?? assignees[0].userId], [true, 0.5, "user_1"]);
        assert.deepEqual(server.titles("inbox"), ["Milk", "There"]);
        server.add("inbox", { title: "Later" });
        await page.evaluate(() => until(async () => (await titles()).includes("Later")));
        assert.deepEqual(await page.evaluate(async () => [sync.status.account, (await sync.sets()).role, errors]), ["verified", "owner", []]);
        assert.deepEqual(problems, []);
      });

      it("is told by a probe that there is no live push, and asks from time to time", BOUND, async (t) => {
        const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation, elsewhere: true });
        server.live = "none";
        await page.evaluate(() => connect("polling"));
        server.add("inbox", { title: "Later" });
        await page.evaluate(() => until(async () => (await titles()).includes("Later")));
        assert.equal(await page.evaluate(() => sync.status.reason), "no_live_push");
      });

      it("writes where the server lets it read neither probes nor who is signed in", BOUND, async (t) => {
        const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation, elsewhere: true });
        server.isTerse = true;
        await page.evaluate(() => connect("live"));
        const outcomes = await page.evaluate(changeAll);
        assert.deepEqual(outcomes.filter((outcome) => outcome !== "confirmed"), []);
        assert.equal(await page.evaluate(() => sync.status.account), "unverified");
        server.add("inbox", { title: "Later" });
        await page.evaluate(() => until(async () => (await titles()).includes("Later")));
      });

      it("goes on there without live push as well", BOUND, async (t) => {
        const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation, elsewhere: true });
        server.isTerse = true;
        server.live = "none";
        await page.evaluate(async () => {
          globalThis.sync = await manager();
          sync.connect();
        });
        assert.equal(await page.evaluate(async () => (await sync.createTodo({ title: "Milk" })).acknowledged), "confirmed");
        server.add("inbox", { title: "Later" });
        await eventually("what is new", () => page.evaluate(async () => (await titles()).join()), { until: is("Later,Milk"), bound: 90_000 });
      });

      it("whose session is gone stops, and one that may not be used sends nothing", BOUND, async (t) => {
        const { server, page, context } = await openGlintPage(browser, (end) => t.after(end), { generation, elsewhere: true });
        await context.clearCookies();
        await page.evaluate(() => connect("stopped"));
        assert.equal(await page.evaluate(() => sync.status.reason), "needs_auth");
        server.welcomes = null;
        await page.evaluate(async () => {
          sync.reconnect();
          await sync.createTodo({ title: "Milk" });
        });
        await eventually("it tries", () => page.evaluate(() => sync.status.attempts > 1));
        assert.deepEqual(server.writes, []);
        assert.deepEqual(await page.evaluate(() => [sync.status.pending, refusals.length]), [1, 0]);
      });
    });
  }

  for (const generation of [2, 3]) {
    describe(`a stream from another origin, of generation ${generation}`, () => {
      it("is read with the session's cookie, where sockets are cut", BOUND, async (t) => {
        const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation, elsewhere: true });
        server.live = "stream";
        await page.evaluate(() => connect("live"));
        assert.deepEqual(server.dialled, { socket: 3, stream: 1 });
        server.add("inbox", { title: "By stream" });
        await page.evaluate(() => until(() => events.some(({ type }) => type === "todo:created")));
        assert.deepEqual(await page.evaluate(() => titles()), ["By stream"]);
        await eventually("one stream", () => server.listening("inbox"), { until: is(1) });
      });
    });
  }
}
