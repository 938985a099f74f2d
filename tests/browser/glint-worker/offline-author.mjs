import assert from "node:assert/strict";
import { it } from "node:test";
import { agree, titlesOf } from "./agreeing.mjs";
import { startProxy } from "../fault-proxy.mjs";
import { keepFiles } from "../kept-files.mjs";
import { MISBEHAVIOUR, openMates } from "./mates.mjs";

const BOUND = { timeout: 240_000 };

export function offlineAuthor(browser, serverOf, generation, faults) {
  it(`of the ${generation} generation${faults ? ", events dropped and reordered" : ""}: all that is done offline, before and after a reload, arrives once`, BOUND, async (t) => {
    const proxy = await startProxy(serverOf());
    t.after(() => proxy.close());
    const { ada, bob, setId } = await openMates(browser, t, serverOf(), generation, proxy);
    const ids = await ada.page.evaluate(async () => {
      const make = async (title, parentId) => (await ask("POST", `/sets/${setId}/todos`, { title, parentId })).todo.id;
      const ids = { milk: await make("Milk"), bread: await make("Bread"), eggs: await make("Eggs"), salt: await make("Salt") };
      return { ...ids, rye: await make("Rye", ids.bread) };
    });
    for (const { page } of [ada, bob]) await page.evaluate((setId) => connect("live", { setId }), setId);
    if (faults) await bob.setFaults(MISBEHAVIOUR);
    proxy.writes.length = 0;
    await keepFiles(ada, ["/", "/glint.js"]);
    const goOffline = async (isOffline) => {
      await ada.context.setOffline(isOffline);
      if (isOffline) proxy.cut();
      else proxy.mend();
    };

    await goOffline(true);
    const receipts = await ada.page.evaluate(async ({ milk, bread, eggs, salt }) => {
      const party = await sync.createTodo({ title: "Party" });
      const cake = await sync.createTodo({ title: "Cake", parentId: party.todoId });
      const brief = await sync.createTodo({ title: "Never sent" });
      await sync.deleteTodo(brief.todoId);
      const made = [
        party, cake, brief,
        await sync.updateTodo(milk, { title: "Oat milk" }),
        await sync.updateTodo(milk, { completed: true }),
        await sync.updateTodo(cake.todoId, { title: "Carrot cake" }),
        await sync.deleteTodo(bread),
        await sync.reorder([{ id: salt, sortOrder: 0.25 }, { id: party.todoId, sortOrder: 0.125 }]),
        await sync.claim(eggs),
      ];
      return made.map(({ id }) => id);
    }, ids);
    await bob.page.evaluate(async ({ eggs, salt }) => {
      await sync.createTodo({ title: "Of Bob" });
      await sync.updateTodo(salt, { title: "Sea salt" });
      await sync.updateTodo(eggs, { completed: true });
      await settled();
    }, ids);

    await ada.reload(setId);
    const shown = await ada.page.evaluate(async () => {
      await connect("reconnecting", { setId });
      const party = (await sync.todos()).find(({ title }) => title === "Party");
      await sync.createTodo({ title: "Candles", parentId: party.id });
      const roots = (await sync.todos()).map(({ title, children }) => [title, ...children.map(({ title }) => title)].join("/"));
      return { roots, isOnline: navigator.onLine, waits: sync.status.pending > 0 };
    });
    assert.deepEqual(shown, { roots: ["Party/Carrot cake/Candles", "Salt", "Oat milk", "Eggs"], isOnline: false, waits: true });
    assert.deepEqual(proxy.writes, []);

    await goOffline(false);
    const tree = await agree([bob, ada], setId);
    assert.deepEqual(titlesOf(tree), ["Candles", "Carrot cake", "Eggs", "Oat milk", "Of Bob", "Party", "Sea salt"]);
    assert.deepEqual(tree.map(({ title }) => title), ["Party", "Sea salt", "Oat milk", "Eggs", "Of Bob"]);
    const [oat, eggs] = [tree.find(({ id }) => id === ids.milk), tree.find(({ id }) => id === ids.eggs)];
    assert.deepEqual([oat.completed, eggs.completed, eggs.holders], [true, true, [ada.id]]);
    const wrote = proxy.writes.map(({ method, path, body }) => [method, path.split("/").at(-1), ...(path.endsWith("/todos") ? [body.title] : [])].join(" "));
    const creates = wrote.filter((write) => write.startsWith("POST todos") && !write.includes("The last one"));
    assert.deepEqual(creates.sort(), ["Candles", "Cake", "Party"].map((title) => `POST todos ${title}`).sort());
    for (const write of [`DELETE ${ids.bread}`, "POST reorder"]) assert.equal(wrote.filter((other) => other === write).length, 1, write);
    const outcomes = await ada.page.evaluate((ids) => Promise.all(ids.map(async (id) => (await sync.receipt(id)).acknowledged)), receipts);
    assert.deepEqual(outcomes.filter((outcome) => !["confirmed", "superseded", "unchanged"].includes(outcome)), []);
    assert.equal(await ada.page.evaluate(() => refusals.length), 0);
  });
}
