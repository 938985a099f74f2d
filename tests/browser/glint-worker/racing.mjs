import assert from "node:assert/strict";
import { it } from "node:test";
import { agree } from "./agreeing.mjs";
import { MISBEHAVIOUR, openMates } from "./mates.mjs";

const BOUND = { timeout: 240_000 };
const COUNT = 6;

export function racing(browser, serverOf, generation, faults) {
  it(`of the ${generation} generation${faults ? ", events and answers lost" : ""}: both claim and release the same todos at once, and show one tree`, BOUND, async (t) => {
    const { ada, bob, setId } = await openMates(browser, t, serverOf(), generation);
    const ids = await ada.page.evaluate(async (count) => {
      const ids = [];
      for (let index = 0; index < count; index++) ids.push((await ask("POST", `/sets/${setId}/todos`, { title: `Todo ${index}` })).todo.id);
      return ids;
    }, COUNT);
    for (const { page } of [ada, bob]) await page.evaluate((setId) => connect("live", { setId }), setId);
    for (const claimed of [true, false, true]) {
      if (faults) await ada.setFaults({ ...MISBEHAVIOUR, loseReplies: 2 });
      const claim = async ({ page }) =>
        page.evaluate(({ ids, claimed }) => Promise.all(ids.map((id) => sync.claim(id, claimed))).then((receipts) => receipts.length), { ids, claimed });
      assert.deepEqual(await Promise.all([ada, bob].map(claim)), [COUNT, COUNT]);
      const tree = await agree([ada, bob], setId);
      const holders = ids.map((wanted) => tree.find(({ id }) => id === wanted).holders);
      // The latest generation is told all who hold a todo, not who comes or goes: of two at once the later one may not know of the other.
      if (claimed) assert.ok(holders.every((of) => of.length > 0 && of.every((id) => [ada.id, bob.id].includes(id))), JSON.stringify(holders));
      if (generation === "seed") assert.ok(holders.every((of) => of.length === Number(claimed)), JSON.stringify(holders));
    }
    // Of the seed's generation the one who came second was refused each time, which is told and kept.
    const refused = await Promise.all([ada, bob].map(({ page }) => page.evaluate(() => refusals.map(({ operation, code }) => `${operation} ${code}`))));
    assert.ok(refused.flat().every((told) => told === "claim refused"), `${refused}`);
    if (generation === "latest") assert.deepEqual(refused.flat(), []);
  });
}
