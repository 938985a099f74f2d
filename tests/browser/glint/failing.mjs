import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trapOnce } from "../peer/crashing.mjs";
import { eventually, is } from "../poll.mjs";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 60_000 };

export function failing(browser) {
  describe("a trap in the engine", () => {
    it("is told by each set, ends all, and loses nothing that was stored", BOUND, async (t) => {
      const { server, context, page } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await context.setOffline(true);
      await page.evaluate(async () => {
        await sync.createTodo({ title: "In the inbox" });
        await sync.switchSet("later");
        await sync.createTodo({ title: "For later" });
        errors.length = 0;
      });
      await page.evaluate(trapOnce);
      const ended = await page.evaluate(async () => {
        const codes = [await codeOf(() => sync.createTodo({ title: "Too late" })), await codeOf(() => sync.list()), await codeOf(() => sync.connect())];
        return { codes, state: sync.status.state, reason: sync.status.reason };
      });
      const { dialect, server: origin, errors: told } = await page.evaluate(() => sync.diagnostics());
      assert.deepEqual([dialect, origin, told.at(-1).code], ["glint", server.origin, "engine_crashed"]);
      assert.deepEqual(ended, { codes: Array(3).fill("engine_crashed"), state: "stopped", reason: "engine_crashed" });
      // By each set that was open.
      assert.deepEqual(await page.evaluate(() => errors.filter(({ code }) => code === "engine_crashed").map(({ fault }) => fault)), ["library", "library"]);
      await eventually("the sockets' end at the server", () => server.listening("inbox") + server.listening("later"), { until: is(0) });

      await context.setOffline(false);
      await page.evaluate(() => connect("live"));
      await server.written(2);
      await eventually("both sets at the server", () => [...server.titles("inbox"), ...server.titles("later")].join(), { until: is("In the inbox,For later") });
    });
  });

  describe("frames that are no events", () => {
    it("are told as errors, and nothing stops", BOUND, async (t) => {
      const { server, page, problems } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      const hostile = [
        { type: "todo:created", todo: { id: 7 } },
        { type: "todo:renamed", id: "t1" },
        { type: "todo:created", todo: { id: "x", title: "x".repeat(1_048_577) } },
        { type: "todo:created", todo: { id: "__proto__", title: "\ud800", parentId: "__proto__", constructor: null } },
      ];
      for (const event of hostile) server.tell("inbox", event);
      const { id } = server.add("inbox", { title: "After" });
      await page.evaluate((id) => until(() => changes.some(({ entityId }) => entityId === id)), id);
      assert.deepEqual(await page.evaluate(() => errors.map(({ code }) => code)), ["bad_event", "unknown_frame", "frame_too_large"]);
      const proto = await page.evaluate(async () => (await sync.todos()).map(({ id, title, children }) => ({ id, title, below: children.length })).at(-1));
      // Until the set is read again, the server's word counts.
      assert.deepEqual(proto, { id: "__proto__", title: "\ufffd", below: 0 });
      assert.equal(await page.evaluate(() => sync.status.state), "live");
      assert.deepEqual(problems, []);
    });
  });

  describe("a set of 2,000 todos in one chain", () => {
    it("is shown as a tree, in another tab as well, and after both were closed", BOUND, async (t) => {
      const { server, page, openTab } = await openGlintPage(browser, (end) => t.after(end));
      let parentId = null;
      for (let index = 0; index < 2_000; index++) parentId = server.add("inbox", { title: `Todo ${index}`, parentId }).id;
      await page.evaluate(() => connect("live"));
      const depthIn = (tab) =>
        tab.evaluate(async () => {
          let depth = 0;
          for (let [node] = await sync.todos(); node; [node] = node.children) depth++;
          return depth;
        });
      assert.equal(await depthIn(page), 2_000);
      const { page: other, reload } = await openTab();
      await other.evaluate(async () => (globalThis.sync = await manager()));
      await eventually("the same in the other tab", () => depthIn(other), { until: is(2_000) });
      await page.close();
      await reload();
      await other.evaluate(async () => (globalThis.sync = await manager()));
      assert.equal(await depthIn(other), 2_000);
    });
  });
}
