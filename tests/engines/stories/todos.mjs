import assert from "node:assert/strict";
import { startProxy } from "../../browser/fault-proxy.mjs";
import { prepare } from "../../browser/glint/page.mjs";
import { GENERATIONS, newTeam } from "../../worker/glint/client.mjs";

/** A page of the entry for Glint, signed in, as a member of a team. In it is what `prepare` makes, and `ask` for what an app does by itself. */
async function openTodos(device, { origin }, { team, name, generation }) {
  const tab = await device.open(`${origin}/todos`, () => {});
  const joined = await tab.evaluate(async (who) => {
    const headers = { "Content-Type": "application/json" };
    return (await fetch("/api/auth/demo", { method: "POST", headers, body: JSON.stringify(who) })).json();
  }, { name, team, generation });
  const me = { id: joined.user.id, name };
  const ready = async () => {
    await tab.evaluate(prepare, { origin, teamId: team, me });
    await tab.evaluate((api) => {
      globalThis.ask = async (method, path, body) => {
        const headers = { "Content-Type": "application/json" };
        const response = await fetch(api + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
        return response.json();
      };
    }, `/api/teams/${team}`);
  };
  await ready();
  const reload = async () => {
    await tab.reload();
    await ready();
  };
  return { ...tab, reload };
}

const shows = (tab, titles) => tab.evaluate((expected) => until(async () => (await titles()).join() === expected), titles.join());
const makeSet = async (tab, name) => (await tab.evaluate((name) => ask("POST", "/sets", { name }), name)).set.id;
const titlesAt = async (tab, setId) => (await tab.evaluate((setId) => ask("GET", `/sets/${setId}/todos`), setId)).todos.map(({ title }) => title).sort();

export function todos(story) {
  for (const generation of GENERATIONS) {
    story(`todos of the ${generation} generation: made, renamed, put in order and deleted, seen by a mate`, async ({ server, phone, laptop }) => {
      const team = newTeam();
      const [ada, bob] = [await openTodos(phone, server, { team, name: "Ada", generation }), await openTodos(laptop, server, { team, name: "Bob", generation })];
      const setId = await makeSet(ada, "Home");
      for (const tab of [ada, bob]) await tab.evaluate((setId) => connect("live", { setId }), setId);
      const made = await ada.evaluate(async () => {
        const { todoId, durability, acknowledged } = await sync.createTodo({ title: "Milk" });
        await sync.createTodo({ title: "Oat", parentId: todoId });
        return { durability, outcome: await acknowledged };
      });
      assert.deepEqual(made, { durability: "strict", outcome: "confirmed" });
      await shows(bob, ["Milk", "Oat"]);
      const outcomes = await bob.evaluate(async () => {
        const [{ id, children }] = await sync.todos();
        const bread = await sync.createTodo({ title: "Bread" });
        const receipts = [
          bread,
          await sync.updateTodo(id, { title: "Drinks", completed: true }),
          await sync.reorder([{ id: bread.todoId, sortOrder: 0.5 }]),
          await sync.deleteTodo(children[0].id),
        ];
        return Promise.all(receipts.map(({ acknowledged }) => acknowledged));
      });
      assert.deepEqual(outcomes, Array(4).fill("confirmed"));
      await shows(ada, ["Bread", "Drinks"]);
      await ada.evaluate(() => until(async () => (await sync.todos()).map(({ title, completed }) => `${title} ${completed}`).join() === "Bread false,Drinks true"));
      assert.deepEqual(await titlesAt(ada, setId), ["Bread", "Drinks"]);
      for (const tab of [ada, bob]) assert.deepEqual(await tab.evaluate(() => [errors, refusals]), [[], []]);
    });
  }

  story("a todo is moved to another set", async ({ server, phone }) => {
    const ada = await openTodos(phone, server, { team: newTeam(), name: "Ada", generation: "latest" });
    const [home, later] = [await makeSet(ada, "Home"), await makeSet(ada, "Later")];
    const outcome = await ada.evaluate(async ({ home, later }) => {
      await connect("live", { setId: home });
      const { todoId, acknowledged } = await sync.createTodo({ title: "Milk" });
      await acknowledged;
      const outcome = await (await sync.moveTodo(todoId, later)).acknowledged;
      await sync.switchSet(later);
      await until(async () => (await titles()).join() === "Milk");
      return outcome;
    }, { home, later });
    assert.equal(outcome, "confirmed");
    assert.deepEqual([await titlesAt(ada, home), await titlesAt(ada, later)], [[], ["Milk"]]);
  });

  story("todos made without a network survive a reload, and arrive once; the tab that is left sends them", async ({ server, phone, t }) => {
    const proxy = await startProxy(server);
    t.after(() => proxy.close());
    const who = { team: newTeam(), name: "Ada", generation: "latest" };
    const [first, second] = [await openTodos(phone, proxy, who), await openTodos(phone, proxy, who)];
    const setId = await makeSet(first, "Home");
    proxy.cut();
    await first.evaluate(async (setId) => {
      await connect("reconnecting", { setId });
      const { todoId } = await sync.createTodo({ title: "Milk" });
      await sync.createTodo({ title: "Oat", parentId: todoId });
      await sync.updateTodo(todoId, { title: "Drinks" });
    }, setId);
    await first.reload();
    await first.evaluate((setId) => connect("reconnecting", { setId }), setId);
    await second.evaluate((setId) => connect("following", { setId }), setId);
    await second.evaluate(() => sync.createTodo({ title: "Bread" }));
    await shows(first, ["Bread", "Drinks", "Oat"]);
    await first.close();
    proxy.mend();
    await second.evaluate(async () => {
      await until(() => sync.status.state === "live");
      await settled();
    });
    assert.deepEqual(await titlesAt(second, setId), ["Bread", "Drinks", "Oat"]);
    assert.equal(proxy.writes.filter(({ method, path }) => method === "POST" && path.endsWith("/todos")).length, 3);
    await second.evaluate(() => sync.forget());
    assert.deepEqual(await second.evaluate(async (team) => (await indexedDB.databases()).filter(({ name }) => name.includes(team)), who.team), []);
  });
}
