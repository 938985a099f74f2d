import assert from "node:assert/strict";
import { it } from "node:test";
import { openMates } from "./mates.mjs";

export function unavailable(browser, serverOf, generation) {
  it(`without live push the ${generation} generation is asked, and written to all the same`, { timeout: 90_000 }, async (t) => {
    const { ada, bob } = await openMates(browser, t, serverOf(), generation);
    await ada.setFaults({ noLivePush: true });
    for (const { page } of [ada, bob]) await page.evaluate(() => connect("polling", { setId }));
    const outcome = await ada.page.evaluate(async () => (await sync.createTodo({ title: "Milk" })).acknowledged);
    assert.equal(outcome, "confirmed");
    await bob.page.evaluate(() => until(async () => (await titles()).join() === "Milk"));
    assert.equal(await bob.page.evaluate(() => sync.status.reason), "no_live_push");
  });
}
