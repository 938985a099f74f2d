import assert from "node:assert/strict";
import { it } from "node:test";
import { agree, titlesOf } from "./agreeing.mjs";
import { startProxy } from "../fault-proxy.mjs";
import { MISBEHAVIOUR, openMates } from "./mates.mjs";

const BOUND = { timeout: 300_000 };

/** Each kind of write, of a todo that has its name, as a page makes it. */
const WRITES = {
  create: { method: "POST", path: /\/sets\/[^/]+\/todos$/, make: () => sync.createTodo({ title: "create" }) },
  update: { method: "PATCH", path: /\/todos\/[^/]+$/, make: (id) => sync.updateTodo(id, { title: "updated", completed: true }) },
  reorder: { method: "POST", path: /\/todos\/reorder$/, make: (id) => sync.reorder([{ id, sortOrder: 0.5 }]) },
  claim: { method: /^P/, path: /\/todos\/[^/]+\/(claim|assignees)$/, make: (id) => sync.claim(id) },
  release: { method: /^P/, path: /\/todos\/[^/]+\/(claim|assignees)$/, make: (id) => sync.claim(id, false) },
  delete: { method: "DELETE", path: /\/todos\/[^/]+$/, make: (id) => sync.deleteTodo(id) },
};

const matcher = ({ method, path }) => (write) => write.path.match(path) !== null && write.method.match(method) !== null;

export function losing(browser, serverOf, generation, faults) {
  const open = async (t) => {
    const proxy = await startProxy(serverOf());
    t.after(() => proxy.close());
    const mates = await openMates(browser, t, serverOf(), generation, proxy);
    const { ada, bob, setId } = mates;
    const ids = await ada.page.evaluate(async (names) => {
      const made = [];
      for (const title of names) made.push([title, (await ask("POST", `/sets/${setId}/todos`, { title })).todo.id]);
      return Object.fromEntries(made);
    }, Object.keys(WRITES).slice(1));
    for (const { page } of [ada, bob]) await page.evaluate((setId) => connect("live", { setId }), setId);
    await ada.page.evaluate(async (id) => (await sync.claim(id)).acknowledged, ids.release);
    if (faults) await ada.setFaults(MISBEHAVIOUR);
    return { proxy, ids, ...mates };
  };

  const lose = async ({ proxy, ids, ada }, name, fault) => {
    const { make } = WRITES[name];
    const before = proxy.writes.length;
    const { struck } = proxy.strike(fault, matcher(WRITES[name]));
    const acknowledged = ada.page.evaluate(`(${make})(${JSON.stringify(ids[name])}).then(({ acknowledged }) => acknowledged)`);
    await struck;
    assert.equal(await acknowledged, "confirmed", name);
    return proxy.writes.slice(before).filter(matcher(WRITES[name])).length;
  };

  /** What there is in the end, whatever was lost. */
  const check = async ({ ada, bob, ids, setId }) => {
    const tree = await agree([bob, ada], setId);
    assert.deepEqual(titlesOf(tree), ["claim", "create", "release", "reorder", "updated"]);
    const holdersOf = (name) => tree.find(({ id }) => id === ids[name]).holders;
    assert.deepEqual([holdersOf("claim"), holdersOf("release")], [[ada.id], []]);
    assert.equal(tree.find(({ id }) => id === ids.update).completed, true);
    assert.equal(tree[0].id, ids.reorder);
    assert.deepEqual(await ada.page.evaluate(() => [refusals.length, errors.map(({ code }) => code)]), [0, []]);
  };

  const of = `of the ${generation} generation${faults ? ", events dropped and reordered" : ""}`;
  for (const fault of ["answerLost", "answerCut"]) {
    it(`${of}: each kind of write is carried out once where its answer alone is gone (${fault})`, BOUND, async (t) => {
      const opened = await open(t);
      for (const name of Object.keys(WRITES)) assert.equal(await lose(opened, name, fault), 1, `${name} went out again`);
      await check(opened);
    });
  }

  it(`${of}: each kind of write that did not arrive is made again, once`, BOUND, async (t) => {
    const opened = await open(t);
    for (const name of Object.keys(WRITES)) assert.equal(await lose(opened, name, "requestLost"), 1, name);
    await check(opened);
  });
}
