import assert from "node:assert/strict";
import { it } from "node:test";
import { eventually, is } from "../poll.mjs";
import { agree, titlesOf } from "./agreeing.mjs";
import { startProxy } from "../fault-proxy.mjs";
import { MISBEHAVIOUR, openMates } from "./mates.mjs";

/** What was on its way counts as given up 35 s after the next tab has found it, and is looked for until 30 s later. */
const BOUND = { timeout: 300_000 };
const SETTLING = { until: is(0), bound: 200_000 };

const isCreateOf = (title) => ({ method, body }) => method === "POST" && body.title === title;

const isClaim = ({ path }) => /\/(claim|assignees)$/.test(path);

/** When the tab goes. */
const MOMENTS = {
  answerHeld: "after the server has made the todo",
  requestHeld: "before it has, and it does so once the next tab has begun to look",
  requestLost: "and the request is gone",
};

export function closing(browser, serverOf, generation, faults) {
  const openThroughProxy = async (t) => {
    const proxy = await startProxy(serverOf());
    t.after(() => proxy.close());
    return { proxy, ...(await openMates(browser, t, serverOf(), generation, proxy)) };
  };
  const of = `of the ${generation} generation${faults ? ", events dropped and reordered" : ""}`;

  for (const [fault, moment] of Object.entries(MOMENTS)) {
    it(`${of}: ends amid a write, ${moment}, and another tab takes over`, BOUND, async (t) => {
      const { proxy, ada, bob, setId } = await openThroughProxy(t);
      for (const { page } of [ada, bob]) await page.evaluate((setId) => connect("live", { setId }), setId);
      const second = await ada.openTab(setId);
      await second.evaluate((setId) => connect("following", { setId }), setId);
      if (faults) await bob.setFaults(MISBEHAVIOUR);

      const { struck, release } = proxy.strike(fault, isCreateOf("Bread"));
      const waiting = second.evaluate(async () => {
        const receipts = [];
        for (const title of ["Milk", "Bread", "Salt"]) receipts.push(await sync.createTodo({ title }));
        receipts.push(await sync.createTodo({ title: "Rye", parentId: receipts[1].todoId }));
        receipts.push(await sync.updateTodo(receipts[0].todoId, { completed: true }));
        return Promise.all(receipts.map(({ acknowledged }) => acknowledged));
      });
      await struck;
      await ada.page.close();
      await eventually("the other tab leads", () => second.evaluate(() => sync.status.state), { until: is("live") });
      release();
      await eventually("nothing waits", () => second.evaluate(() => sync.status.pending), SETTLING);
      assert.deepEqual(await waiting, Array(5).fill("confirmed"));
      const tree = await agree([bob, { page: second }], setId);
      assert.deepEqual(titlesOf(tree), ["Bread", "Milk", "Rye", "Salt"]);
      assert.equal(proxy.writes.filter(isCreateOf("Bread")).length, 1);
      assert.equal(tree.find(({ title }) => title === "Milk").completed, true);
      assert.deepEqual(tree.find(({ title }) => title === "Bread").children.map(({ title }) => title), ["Rye"]);
    });
  }

  it(`${of}: ends amid a claim that is carried out, which another tab does not turn into a release`, BOUND, async (t) => {
    const { proxy, ada, bob, setId } = await openThroughProxy(t);
    const { todo } = await bob.page.evaluate(() => ask("POST", `/sets/${setId}/todos`, { title: "Milk" }));
    for (const { page } of [ada, bob]) await page.evaluate((setId) => connect("live", { setId }), setId);
    const second = await ada.openTab(setId);
    await second.evaluate((setId) => connect("following", { setId }), setId);
    if (faults) await bob.setFaults(MISBEHAVIOUR);
    const { struck, release } = proxy.strike("answerHeld", isClaim);
    const waiting = second.evaluate(async (id) => (await sync.claim(id)).acknowledged, todo.id);
    await struck;
    await ada.page.close();
    release();
    assert.ok(["confirmed", "unchanged"].includes(await waiting));
    const [milk] = await agree([bob, { page: second }], setId);
    assert.deepEqual(milk.holders, [ada.id]);
    assert.equal(proxy.writes.filter(isClaim).length, 1);
  });

  it(`${of}: is loaded anew amid a write, and goes on`, BOUND, async (t) => {
    const { proxy, ada, bob, setId } = await openThroughProxy(t);
    for (const { page } of [ada, bob]) await page.evaluate((setId) => connect("live", { setId }), setId);
    if (faults) await bob.setFaults(MISBEHAVIOUR);
    const { struck, release } = proxy.strike("answerHeld", isCreateOf("Bread"));
    const ids = await ada.page.evaluate(async () => {
      const bread = await sync.createTodo({ title: "Bread" });
      const rye = await sync.createTodo({ title: "Rye", parentId: bread.todoId });
      const renamed = await sync.updateTodo(bread.todoId, { title: "Loaf" });
      return [bread, rye, renamed].map(({ id }) => id);
    });
    await struck;
    await ada.reload(setId);
    release();
    const outcomes = await ada.page.evaluate(async (ids) => {
      globalThis.sync = await manager({ setId });
      sync.connect();
      return Promise.all(ids.map(async (id) => (await sync.receipt(id)).acknowledged));
    }, ids);
    assert.deepEqual(outcomes, Array(3).fill("confirmed"));
    const tree = await agree([bob, ada], setId);
    assert.deepEqual(tree.map(({ title, children }) => [title, ...children.map(({ title }) => title)]), [["Loaf", "Rye"]]);
    assert.equal(proxy.writes.filter(isCreateOf("Bread")).length, 1);
  });
}
