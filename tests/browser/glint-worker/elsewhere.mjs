import assert from "node:assert/strict";
import { it } from "node:test";
import { agree, titlesOf } from "./agreeing.mjs";
import { MISBEHAVIOUR, openMates } from "./mates.mjs";

const BOUND = { timeout: 240_000 };

export function elsewhere(browser, serverOf, generation, faults) {
  it(`pages of another origin, which the ${generation} generation allows${faults ? ", events dropped and reordered" : ""}`, BOUND, async (t) => {
    const server = serverOf();
    const { ada, bob, setId } = await openMates(browser, t, server, generation);
    assert.notEqual(await ada.page.evaluate(() => location.origin), server.origin);
    for (const { page } of [ada, bob]) await page.evaluate((setId) => connect("live", { setId }), setId);
    if (faults) await ada.setFaults({ ...MISBEHAVIOUR, loseReplies: 1 });
    const outcomes = await ada.page.evaluate(async () => {
      const [milk, bread] = [await sync.createTodo({ title: "Milk" }), await sync.createTodo({ title: "Bread" })];
      await Promise.all([milk.acknowledged, bread.acknowledged]);
      const receipts = [
        await sync.updateTodo(milk.todoId, { completed: true }),
        await sync.reorder([{ id: milk.todoId, sortOrder: 0.5 }]),
        await sync.claim(milk.todoId),
        await sync.createTodo({ title: "Oat", parentId: milk.todoId }),
        await sync.deleteTodo(bread.todoId),
      ];
      return Promise.all(receipts.map(({ acknowledged }) => acknowledged));
    });
    assert.deepEqual(outcomes, Array(5).fill("confirmed"));
    const tree = await agree([ada, bob], setId);
    assert.deepEqual(titlesOf(tree), ["Milk", "Oat"]);
    assert.deepEqual([tree[0].completed, tree[0].sortOrder, tree[0].holders], [true, 0.5, [ada.id]]);
    for (const { page } of [ada, bob]) assert.equal(await page.evaluate(() => sync.status.account), "verified");

    // A probe that the page may read tells why there is no socket.
    await ada.setFaults({ noLivePush: true });
    for (const { page } of [ada, bob]) await page.evaluate(() => until(() => sync.status.reason === "no_live_push"));
  });
}
