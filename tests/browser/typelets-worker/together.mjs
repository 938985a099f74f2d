import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually, is } from "../poll.mjs";
import { openNote } from "../typelets/sealing.mjs";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 120_000 };
/** Below the minute after which a page reads by itself. */
const AT_ONCE_MS = 15_000;

/** What one device does to a note, and what it is then; `null`: not shown. */
const STEPS = [
  { name: "the title alone", change: { title: "Oat milk ☕" }, becomes: { title: "Oat milk ☕", content: "one litre" } },
  { name: "the content alone", change: { content: "two\nlitres" }, becomes: { title: "Oat milk ☕", content: "two\nlitres" } },
  { name: "a star", change: { starred: true }, becomes: { title: "Oat milk ☕", content: "two\nlitres", starred: true } },
  { name: "texts and a flag", change: { title: "", archived: true }, becomes: { title: "", content: "two\nlitres", starred: true, archived: true } },
  { name: "a folder", change: "folder", becomes: { title: "", folderId: "folder" } },
  { name: "the bin", change: "delete", becomes: null },
  { name: "back from the bin", change: { deleted: false }, becomes: { title: "", content: "two\nlitres", starred: true, deleted: false, folderId: "folder" } },
];

export function together(browser, serverOf) {
  describe("two devices of an account", () => {
    for (const isJoined of [true, false]) {
      const how = isJoined ? "at once where the note is joined" : "once it is read where the note is not joined";
      it(`see what the other one does, ${how}`, BOUND, async (t) => {
        const account = await openAccount(browser, t, serverOf());
        const [one, other] = await account.openLive(2);
        const id = await one.page.evaluate(async () => {
          const { entityId, acknowledged } = await sync.createNote({ title: "Milk", content: "one litre" });
          if ((await acknowledged) !== "confirmed") throw new Error("not confirmed");
          return (await sync.get("note", entityId)).id;
        });
        // A new note is told of to all.
        await other.page.evaluate(([id, bound]) => until(async () => (await sync.get("note", id))?.content === "one litre", bound), [id, AT_ONCE_MS]);
        if (isJoined) {
          await other.page.evaluate((id) => sync.joinNote(id), id);
          await eventually("the join", () => other.wire.received("note_joined").length, { until: is(1) });
        }
        const folderId = await one.page.evaluate(async () => {
          const { entityId, acknowledged } = await sync.createFolder({ name: "Shopping", color: "#123456" });
          await acknowledged;
          return (await sync.get("folder", entityId)).id;
        });
        const place = (fields) => (fields?.folderId ? { ...fields, folderId } : fields);
        for (const { name, change, becomes } of STEPS) {
          const given = change === "folder" ? { folderId } : change;
          const outcome = await one.page.evaluate(async ([id, change]) => {
            const receipt = change === "delete" ? await sync.deleteNote(id) : await sync.updateNote(id, change);
            return receipt.acknowledged;
          }, [id, given]);
          assert.equal(outcome, "confirmed", name);
          if (!isJoined) await other.page.evaluate(() => sync.reconnect());
          await other.page.evaluate(async ([id, becomes, bound]) => {
            await until(async () => {
              const note = await sync.get("note", id);
              return becomes === null ? note === undefined : Object.entries(becomes).every(([name, value]) => note?.[name] === value);
            }, bound);
          }, [id, place(becomes), isJoined ? AT_ONCE_MS : 30_000]);
        }
        assert.equal(other.wire.received("note_sync").length > 0, isJoined);
        const [row] = await account.notes();
        assert.deepEqual([row.title, row.content, row.starred, row.archived, row.folderId, row.deleted], ["", "two\nlitres", true, true, folderId, false]);
        const [folder] = await other.page.evaluate(() => sync.folders());
        assert.deepEqual([folder.id, folder.name, folder.color], [folderId, "Shopping", "#123456"]);
        for (const { page, problems } of [one, other]) {
          assert.deepEqual(await page.evaluate(() => [codes(), refusals.length, conflicts.length]), [[], 0, 0]);
          assert.deepEqual(problems, []);
        }
      });
    }

    it("read what the service's own client has written, and it reads what they write", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const texts = [{ title: "Ünïcödé ☕\u0000", content: "a".repeat(5_000) }, { title: "", content: "" }, { title: "no content", content: "\ufeffmark" }];
      const made = [];
      for (const fields of texts) made.push(await account.makeNote(fields));
      const [device] = await account.openLive(1);
      const shown = await device.page.evaluate(() => sync.list("note"));
      assert.deepEqual(shown.map(({ id, title, content }) => ({ id, title, content })).sort(byId), made.map(({ id }, index) => ({ id, ...texts[index] })).sort(byId));
      // It saves one of them anew, and the page follows.
      await device.page.evaluate((id) => sync.joinNote(id), made[0].id);
      await account.saveNote(made[0].id, { title: "saved", content: "anew" });
      await device.page.evaluate(() => sync.reconnect());
      await device.page.evaluate((id) => until(async () => (await sync.get("note", id)).title === "saved"), made[0].id);

      await device.page.evaluate(async (texts) => {
        for (const fields of texts) await acknowledged(sync.createNote(fields));
      }, texts.slice(0, 2));
      await device.page.evaluate((id) => acknowledged(sync.updateNote(id, { content: "edited" })), made[0].id);
      // `notes` opens each with another implementation, and throws where one is not exactly of the format.
      const rows = await account.notes();
      const there = rows.map(({ title, content }) => [title, content].join("|")).sort();
      const expected = [...texts.slice(1), ...texts.slice(0, 2), { title: "saved", content: "edited" }];
      assert.deepEqual(there, expected.map(({ title, content }) => [title, content].join("|")).sort());
      const ivs = rows.map(({ iv }) => iv), salts = rows.map(({ salt }) => salt);
      assert.equal(new Set(ivs).size, rows.length, "an IV came twice");
      assert.equal(new Set(salts).size, rows.length, "a salt came twice");
    });

    it("edit a note many times, under another IV and salt each time", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const [device] = await account.openLive(1);
      await device.page.evaluate(async () => {
        const { entityId } = await sync.createNote({ title: "0", content: "same" });
        for (let edit = 1; edit <= 5; edit++) await acknowledged(sync.updateNote(entityId, { title: String(edit) }));
      });
      const saved = device.wire.asked("POST PUT", /^\/notes/).map(({ body }) => body);
      assert.equal(saved.length, 6);
      assert.deepEqual(saved.map((body) => openNote(account.key, body).title), ["0", "1", "2", "3", "4", "5"]);
      for (const name of ["iv", "salt", "encryptedContent"]) assert.equal(new Set(saved.map((body) => body[name])).size, 6, name);
      // No ciphertext goes over the socket: it could meet another's IV.
      for (const { changes } of device.wire.sent("note_update")) assert.deepEqual(changes, { title: "[ENCRYPTED]" });
    });
  });
}

function byId(one, other) {
  return one.id < other.id ? -1 : 1;
}
