import assert from "node:assert/strict";
import { User } from "../../worker/client.mjs";
import { openBookmarks } from "./bookmarks.mjs";

const PUSHES = 10;

const pushMany = (tab, name) =>
  tab.evaluate(async ({ name, count }) => {
    globalThis.receipts = await Promise.all(Array.from({ length: count }, (_, index) => push(`bm_${name}_${index}`, name)));
    return receipts.map(({ id }) => id);
  }, { name, count: PUSHES });

const shows = (tab, count) => tab.evaluate((count) => until(async () => Object.keys(await titles()).length === count), count);

export function tabs(story) {
  story("two tabs have one connection, show the same, and the one that is left goes on", async ({ server, phone }) => {
    const user = await User.register(server);
    const [first, second] = [await openBookmarks(phone, server, user), await openBookmarks(phone, server, user)];
    await first.evaluate(() => connect("live"));
    await second.evaluate(() => connect("following"));
    const ids = (await Promise.all([pushMany(first, "first"), pushMany(second, "second")])).flat();
    for (const tab of [first, second]) {
      await shows(tab, 2 * PUSHES);
      assert.deepEqual(await tab.evaluate(async () => Promise.all(receipts.map(({ acknowledged }) => acknowledged))), Array(PUSHES).fill("confirmed"));
    }
    assert.deepEqual(await first.evaluate(() => [...new Set(changes.map(({ origin }) => origin))].sort()), ["local", "tab"]);

    const late = pushMany(second, "late");
    await first.close();
    ids.push(...(await late));
    await second.evaluate(async () => {
      await live(sync);
      await settled();
    });
    assert.deepEqual((await user.log()).map(({ id }) => id).sort(), ids.sort());
    assert.deepEqual(await second.evaluate(() => errors), []);
  });

  story("`forget()` wipes the account, also what another tab has open", async ({ server, phone }) => {
    const user = await User.register(server);
    const [first, second] = [await openBookmarks(phone, server, user), await openBookmarks(phone, server, user)];
    await first.evaluate(async () => {
      await connect("live");
      await push("bm_1", "Rust");
    });
    await second.evaluate(async () => {
      globalThis.sync = await manager({ key: "kept" });
      await until(async () => (await titles()).bm_1 === "Rust");
    });
    const left = (userId) => indexedDB.databases().then((all) => all.map(({ name }) => name).filter((name) => name.includes(userId)));
    assert.equal((await second.evaluate(left, user.id)).length, 1);
    await second.evaluate(() => sync.forget());
    await first.evaluate(() => until(async () => (await codeOf(() => push("bm_2", "late"))) === "closed"));
    assert.deepEqual(await second.evaluate(left, user.id), []);
    assert.equal(await second.evaluate(() => codeOf(() => manager({ key: "kept" }))), "key_missing");
  });
}
