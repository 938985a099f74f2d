import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startProxy } from "../fault-proxy.mjs";
import { keepFiles } from "../kept-files.mjs";
import { openNote } from "../typelets/sealing.mjs";
import { agree } from "./agreeing.mjs";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 300_000 };
const PATHS = { api: "/typelets/", writes: "/typelets/api/" };
const MISBEHAVIOUR = { loseReplies: { share: 0.3 }, dropSuccess: { share: 0.3 }, cutAfter: { share: 0.2 }, dropRelays: { share: 0.5 } };

/** Each kind of write, as a page makes it. */
const WRITES = {
  create: { method: "POST", path: /\/notes$/, make: () => sync.createNote({ title: "create", content: "made" }) },
  edit: { method: "PUT", path: /\/notes\//, make: (id) => sync.updateNote(id, { title: "edited" }) },
  delete: { method: "DELETE", path: /\/notes\//, make: (id) => sync.deleteNote(id) },
  "create of a folder": { method: "POST", path: /\/folders$/, make: () => sync.createFolder({ name: "made" }) },
  "edit of a folder": { method: "PUT", path: /\/folders\//, make: (id) => sync.updateFolder(id, { name: "edited" }) },
  "delete of a folder": { method: "DELETE", path: /\/folders\//, make: (id) => sync.deleteFolder(id) },
};
const matcher = ({ method, path }) => (write) => write.method === method && path.test(write.path);

export function offlineAuthor(browser, serverOf) {
  const open = async (t) => {
    const proxy = await startProxy(serverOf(), PATHS);
    t.after(() => proxy.close());
    const account = await openAccount(browser, t, serverOf());
    return { proxy, account, author: await account.openDevice({ proxy }) };
  };

  describe("an author who is offline", { concurrency: 2 }, () => {
    for (const faults of [false, true]) {
      it(`whose server ${faults ? "misbehaves" : "behaves"} afterwards: all that is done before and after a reload arrives once`, BOUND, async (t) => {
        const { proxy, account, author } = await open(t);
        const { page, context } = author;
        const ids = {};
        for (const title of ["Milk", "Bread", "Eggs"]) ids[title.toLowerCase()] = (await account.makeNote({ title, content: `${title} text` })).id;
        const reader = await account.openDevice();
        for (const device of [author, reader]) await device.page.evaluate(() => connect("live"));
        await keepFiles(author, ["/", "/typelets.js"]);

        await context.setOffline(true);
        proxy.cut();
        proxy.writes.length = 0;
        const receipts = await page.evaluate(async ({ milk, bread, eggs }) => {
          const folder = await sync.createFolder({ name: "Shopping" });
          const cake = await sync.createNote({ title: "Cake", content: "flour", folderId: folder.entityId });
          const brief = await sync.createNote({ title: "Never sent" });
          await sync.deleteNote(brief.entityId);
          const made = [
            folder, cake, brief,
            await sync.updateNote(cake.entityId, { title: "Carrot cake" }),
            await sync.updateNote(cake.entityId, { content: "flour, carrots", starred: true }),
            await sync.updateNote(milk, { folderId: folder.entityId }),
            await sync.updateNote(milk, { title: "Oat milk" }),
            await sync.deleteNote(bread),
            await sync.updateNote(eggs, { archived: true }),
          ];
          return made.map(({ id }) => id);
        }, ids);
        await author.reload();
        const shown = await page.evaluate(async () => {
          globalThis.sync = await manager();
          sync.connect();
          await until(() => sync.status.state === "reconnecting");
          const [folder] = await sync.folders();
          await sync.createNote({ title: "Candles", folderId: folder.id });
          const titles = (await sync.notes()).map((note) => [note.title, note.content, note.folderId === folder.id].join("|")).sort();
          return { titles, isOnline: navigator.onLine, waits: sync.status.pending > 0 };
        });
        assert.deepEqual(shown, {
          titles: ["Candles||true", "Carrot cake|flour, carrots|true", "Eggs|Eggs text|false", "Oat milk|Milk text|true"], isOnline: false, waits: true,
        });
        assert.deepEqual(proxy.writes, []);

        if (faults) await account.setFaults(MISBEHAVIOUR);
        await context.setOffline(false);
        proxy.mend();
        await page.evaluate(() => until(() => sync.status.pending === 0, 240_000));
        await account.setFaults({});
        const notes = await agree(account, [author, reader]);
        const [{ id: folderId, name }] = notes.folders;
        assert.deepEqual([notes.folders.length, name], [1, "Shopping"]);
        const gist = notes.map((note) => [note.title, note.content, note.folderId === folderId, note.starred, note.archived].join("|")).sort();
        assert.deepEqual(gist, [
          "Candles||true|false|false", "Carrot cake|flour, carrots|true|true|false", "Eggs|Eggs text|false|false|true", "Oat milk|Milk text|true|false|false",
        ]);
        assert.equal((await account.rows()).length, 6); // With the bread in the bin, and the note that another client made.
        const posts = proxy.writes.filter(({ method }) => method === "POST");
        const titles = posts.map(({ path, body }) => (path.endsWith("/notes") ? openNote(account.key, body).title : body.name)).sort();
        assert.deepEqual(titles, ["Cake", "Candles", "Shopping"]);
        const outcomes = await page.evaluate((ids) => Promise.all(ids.map(async (id) => (await sync.receipt(id)).acknowledged)), receipts);
        assert.deepEqual(outcomes.filter((outcome) => !["confirmed", "superseded", "unchanged"].includes(outcome)), []);
        assert.deepEqual(await page.evaluate(() => [refusals, conflicts]), [[], []]);
      });
    }
  });

  describe("a write that is struck", { concurrency: 3 }, () => {
    for (const fault of ["answerLost", "answerCut", "requestLost"]) {
      it(`(${fault}) is carried out once, whatever its kind`, BOUND, async (t) => {
        const { proxy, account, author } = await open(t);
        const ids = {
          edit: (await account.makeNote({ title: "edit", content: "kept" })).id,
          delete: (await account.makeNote({ title: "delete" })).id,
          "edit of a folder": (await account.writer.makeFolder("edit")).id,
          "delete of a folder": (await account.writer.makeFolder("delete")).id,
        };
        await author.page.evaluate(() => connect("live"));
        for (const [name, write] of Object.entries(WRITES)) {
          const before = proxy.writes.length;
          const { struck } = proxy.strike(fault, matcher(write));
          const ended = author.page.evaluate(`(${write.make})(${JSON.stringify(ids[name])}).then(({ acknowledged }) => acknowledged)`);
          await struck;
          assert.equal(await ended, "confirmed", name);
          assert.equal(proxy.writes.slice(before).filter(matcher(write)).length, 1, `${name} reached the server`);
        }
        const notes = await agree(account, [author]);
        assert.deepEqual(notes.map(({ title, content }) => `${title}|${content}`).sort(), ["create|made", "edited|kept"]);
        assert.deepEqual(notes.folders.map(({ name }) => name).sort(), ["edited", "made"]);
        assert.deepEqual(await author.page.evaluate(() => refusals.length), 0);
      });
    }

    it("by a reload between its arrival and its answer is carried out once", BOUND, async (t) => {
      const { proxy, account, author } = await open(t);
      const { id } = await account.makeNote({ title: "edit", content: "kept" });
      await author.page.evaluate(() => connect("live"));
      for (const [name, write] of [["create", WRITES.create], ["edit", WRITES.edit]]) {
        const { struck, release } = proxy.strike("answerHeld", matcher(write));
        const receipt = await author.page.evaluate(`(${write.make})(${JSON.stringify(id)}).then(({ id }) => id)`);
        await struck;
        await author.reload();
        release();
        const outcome = await author.page.evaluate(async (id) => {
          await connect("live");
          return (await sync.receipt(id)).acknowledged;
        }, receipt);
        assert.equal(outcome, "confirmed", name);
        assert.equal(proxy.writes.filter(matcher(write)).length, 1, name);
      }
      const notes = await agree(account, [author]);
      assert.deepEqual(notes.map(({ title, content }) => `${title}|${content}`).sort(), ["create|made", "edited|kept"]);
    });
  });
}
