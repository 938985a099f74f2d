import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agree } from "./agreeing.mjs";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 150_000 };
const PUSHES = 10;

const pushMany = ({ page }, name) =>
  page.evaluate(async ([count, name]) => {
    const receipts = await Promise.all(Array.from({ length: count }, (_, index) => sync.createNote({ title: `${name} ${index}` })));
    globalThis.ended = Promise.all(receipts.map(({ acknowledged }) => acknowledged));
  }, [PUSHES, name]);

const expected = (...names) => names.flatMap((name) => Array.from({ length: PUSHES }, (_, index) => `${name} ${index}`)).sort();

export function tabs(browser, serverOf) {
  const open = async (t) => {
    const account = await openAccount(browser, t, serverOf());
    const first = await account.openDevice();
    await first.page.evaluate(() => connect("live"));
    const second = await first.openTab();
    await second.page.evaluate(() => connect("following"));
    return { account, first, second };
  };

  describe("two tabs of one account", () => {
    it("have one socket and one outbox, and show the same", BOUND, async (t) => {
      const { account, first, second } = await open(t);
      await Promise.all([pushMany(first, "first"), pushMany(second, "second")]);
      for (const { page } of [first, second]) assert.deepEqual(await page.evaluate(() => ended), Array(PUSHES).fill("confirmed"));
      for (const { page } of [first, second]) {
        await page.evaluate((titles) => until(async () => (await globalThis.titles()).join() === titles), expected("first", "second").join());
        assert.deepEqual(await page.evaluate(() => codes()), []);
      }
      assert.deepEqual([first.wire.sockets.length, second.wire.sockets.length], [1, 0]);
      assert.equal(first.wire.asked("POST", /^\/notes/).length, 2 * PUSHES);
      assert.deepEqual(second.wire.requests, []);
      assert.deepEqual((await account.notes()).map(({ title }) => title).sort(), expected("first", "second"));
    });

    it("tell each change in both, as own or another tab's, also an edit and a delete", BOUND, async (t) => {
      const { first, second } = await open(t);
      await second.page.evaluate(async () => {
        const { acknowledged: made } = await sync.createNote({ id: "mine", title: "Milk" });
        await made;
        await acknowledged(sync.updateNote("mine", { title: "Oat milk" }));
      });
      for (const { page } of [first, second]) await page.evaluate(() => until(async () => (await sync.get("note", "mine"))?.title === "Oat milk"));
      const told = ({ page }) => page.evaluate(() => changes.filter(({ entityId }) => entityId === "mine").map(({ operation, origin }) => `${operation} ${origin}`));
      assert.equal((await told(second))[0], "create local");
      assert.equal((await told(first))[0], "create tab");
      for (const { page } of [first, second]) assert.equal((await page.evaluate(() => sync.list("note")))[0].key, "mine");
      await second.page.evaluate(() => sync.deleteNote("mine"));
      for (const { page } of [first, second]) await page.evaluate(() => until(async () => (await sync.get("note", "mine")) === undefined));
    });

    it("hand over when the one with the connection is closed, its joins included", BOUND, async (t) => {
      const { account, first, second } = await open(t);
      const { id } = await account.makeNote({ title: "Joined" });
      await second.page.evaluate((id) => sync.joinNote(id), id);
      await pushMany(second, "second");
      await first.page.evaluate((count) => until(async () => (await sync.notes()).filter(({ pending }) => !pending).length >= count), 3);
      await first.page.close();
      // One may have been on its way when the tab went: it is looked for, not sent again.
      await second.page.evaluate(() => until(() => sync.status.state === "live"));
      await second.page.evaluate(() => settled());
      assert.deepEqual(await second.page.evaluate(() => ended), Array(PUSHES).fill("confirmed"));
      assert.deepEqual((await account.notes()).map(({ title }) => title).sort(), ["Joined", ...expected("second")].sort());
      assert.equal(second.wire.sockets.length, 1);
      assert.deepEqual(second.wire.sent("join_note").map(({ noteId }) => noteId), [id]);
      await agree(account, [second]);
    });

    it("both go when the account is forgotten in one", BOUND, async (t) => {
      const { account, first, second } = await open(t);
      await second.page.evaluate(() => acknowledged(sync.createNote({ title: "Stays there" })));
      await second.page.evaluate(() => sync.forget());
      await first.page.evaluate(() => until(async () => (await codeOf(() => sync.notes())) === "closed"));
      assert.equal(await second.page.evaluate(() => codeOf(() => sync.notes())), "closed");
      assert.deepEqual(await second.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.includes("typelets"))), []);
      assert.deepEqual((await account.notes()).map(({ title }) => title), ["Stays there"]);
    });
  });
}
