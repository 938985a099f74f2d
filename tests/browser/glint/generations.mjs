import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 90_000 };

/** What the second generation has of both others, and what the first one has not. */
export function generations(browser) {
  describe("a server of generation 2", () => {
    for (const live of ["socket", "stream"]) {
      it(`tells by ${live} who has claimed a todo, as generation 1 did`, BOUND, async (t) => {
        const { server, page, problems } = await openGlintPage(browser, (end) => t.after(end), { generation: 2 });
        server.live = live;
        const { id } = server.add("inbox", { title: "Milk" });
        await page.evaluate(() => connect("live"));
        await page.evaluate(() => until(async () => (await titles()).length === 1));
        server.claimedByAnother("inbox", "Milk");
        await page.evaluate(() => until(async () => (await sync.list())[0].claimedBy === "user_2"));
        const { told, shown, errors: reported } = await page.evaluate(async () => ({ told: events, shown: (await sync.list())[0], errors }));
        // Sockets begin with it, streams have none.
        assert.deepEqual(told.map(({ type }) => type), [...(live === "socket" ? ["realtime:ready"] : []), "todo:claimed"]);
        const { type, setId, ...claim } = told.at(-1);
        assert.deepEqual(claim, { id, claimedBy: "user_2", claimedByName: "Bob", claimedByAvatar: null, claimedByUsername: "bob" });
        assert.deepEqual([shown.claimedByName, shown.assignees], ["Bob", undefined]);
        assert.deepEqual(reported.filter(({ code }) => live === "socket" || code !== "dial_failed"), []);
        assert.deepEqual(problems, []);
      });
    }

    it("refuses a claim of what another holds, and the page shows who does", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation: 2 });
      const { id } = server.add("inbox", { title: "Milk" });
      await page.evaluate(() => connect("live"));
      server.claimedByAnother("inbox", "Milk");
      await page.evaluate(async (id) => {
        await sync.claim(id);
        await until(() => refusals.length === 1);
      }, id);
      const told = await page.evaluate(() => refusals.map(({ operation, reason, data }) => [operation, reason, data.claimedBy]));
      assert.deepEqual(told, [["claim", "Already claimed by another user", "user_2"]]);
    });

    it("is not asked to move a todo or to assign it to somebody else, which it cannot", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation: 2 });
      const { id } = server.add("inbox", { title: "Milk" });
      await page.evaluate(() => connect("live"));
      await page.evaluate(async (id) => {
        await sync.assign(id, ["user_2"]);
        await until(() => refusals.length === 1);
        await sync.moveTodo(id, "later");
        await until(() => refusals.length === 2);
        await until(async () => (await titles()).join() === "Milk");
      }, id);
      assert.deepEqual(await page.evaluate(() => refusals.map(({ operation, code }) => `${operation} ${code}`)), ["assign refused", "move refused"]);
      assert.deepEqual(server.writes.map(({ path }) => path.split("/").at(-1)), ["move"]);
    });
  });

  describe("a network that cuts sockets, before a server of generation 1", () => {
    it("has no stream instead: changes are sent, and the set is read from time to time", BOUND, async (t) => {
      const { server, page } = await openGlintPage(browser, (end) => t.after(end), { generation: 1 });
      server.live = "stream";
      server.add("inbox", { title: "There" });
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        sync.connect();
      });
      assert.equal(await page.evaluate(async () => (await sync.createTodo({ title: "Milk" })).acknowledged), "confirmed");
      await page.evaluate(() => until(async () => (await titles()).join() === "Milk,There"));
      server.add("inbox", { title: "Later" });
      await page.evaluate(() => until(async () => (await titles()).includes("Later")));
      server.live = "socket";
      await page.evaluate(() => (sync.reconnect(), until(() => sync.status.state === "live")));
    });
  });
}
