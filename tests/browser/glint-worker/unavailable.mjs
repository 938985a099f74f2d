import assert from "node:assert/strict";
import { it } from "node:test";
import { agree } from "./agreeing.mjs";
import { openMates } from "./mates.mjs";

const BOUND = { timeout: 180_000 };

export function unavailable(browser, serverOf, generation) {
  it(`without live push the ${generation} generation is asked, again and again, and written to all the same`, BOUND, async (t) => {
    const { ada, bob, setId } = await openMates(browser, t, serverOf(), generation);
    await ada.setFaults({ noLivePush: true });
    for (const { page } of [ada, bob]) await page.evaluate(() => connect("polling", { setId }));
    for (const title of ["Milk", "Bread"]) {
      const outcome = await ada.page.evaluate(async (title) => (await sync.createTodo({ title })).acknowledged, title);
      assert.equal(outcome, "confirmed");
      await bob.page.evaluate((title) => until(async () => (await titles()).includes(title)), title);
    }
    assert.deepEqual(await bob.page.evaluate(() => [sync.status.state, sync.status.reason]), ["polling", "no_live_push"]);
  });

  it(`live push of the ${generation} generation that ends gives way to asking, and comes back`, BOUND, async (t) => {
    const { ada, bob, setId } = await openMates(browser, t, serverOf(), generation);
    for (const { page } of [ada, bob]) await page.evaluate(() => connect("live", { setId }));
    await ada.setFaults({ noLivePush: true });
    for (const { page } of [ada, bob]) await page.evaluate(() => until(() => sync.status.state === "polling"));
    const outcome = await ada.page.evaluate(async () => {
      const { todoId } = await sync.createTodo({ title: "Milk" });
      return (await sync.createTodo({ title: "Oat", parentId: todoId })).acknowledged;
    });
    assert.equal(outcome, "confirmed");
    await bob.page.evaluate(() => until(async () => (await titles()).join() === "Milk,Oat"));
    await ada.setFaults({});
    for (const { page } of [ada, bob]) await page.evaluate(() => (sync.reconnect(), until(() => sync.status.state === "live")));
    await ada.page.evaluate(() => sync.createTodo({ title: "Bread" }));
    await bob.page.evaluate(() => until(() => events.some(({ type, todo }) => type === "todo:created" && todo.title === "Bread")));
    await agree([ada, bob], setId);
  });
}
