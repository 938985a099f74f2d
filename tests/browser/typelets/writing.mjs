import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { prepare } from "./page.mjs";
import { masterKey, openNote, sealNote } from "./sealing.mjs";
import { openTypeletsPage, USER } from "./server.mjs";

const BOUND = { timeout: 150_000 };
const TOGETHER = { concurrency: 6 };

export function writing(browser) {
  const key = masterKey(USER, "horse");
  const open = async (t, more) => {
    const opened = await openTypeletsPage(browser, t, prepare, more);
    const { id } = opened.server.add(sealNote(key, { title: "There", content: "text" }));
    await opened.page.evaluate(() => connect("live"));
    return { id, ...opened };
  };
  const updates = (server) => server.frames.filter(({ type }) => type === "note_update").length;

  describe("an update", TOGETHER, () => {
    it("is confirmed where its success comes after it was given up, and not sent again", BOUND, async (t) => {
      const { id, server, page } = await open(t);
      server.hear = ({ type, noteId, changes }) => {
        if (type !== "note_update") return false;
        Object.assign(server.notes.get(noteId), changes, { updatedAt: new Date().toISOString() });
        return true; // And says nothing.
      };
      assert.equal(await page.evaluate((id) => acknowledged(sync.updateNote(id, { starred: true })), id), "confirmed");
      assert.deepEqual(await page.evaluate(() => errors.map(({ code, detail }) => [code, detail])), [["no_answer", "note_update"]]);
      assert.equal(updates(server), 1);
    });

    it("is not confirmed by the success of another value", BOUND, async (t) => {
      const { id, server, page } = await open(t);
      const late = [];
      server.hear = ({ type, noteId }, send) => {
        if (type !== "note_update" || late.length > 0) return false;
        late.push(() => send({ type: "note_update_success", noteId, updatedNote: { ...server.notes.get(noteId), starred: false }, timestamp: Date.now() }));
        late[0]();
        return true; // It was not carried out.
      };
      assert.equal(await page.evaluate((id) => acknowledged(sync.updateNote(id, { starred: true })), id), "confirmed");
      assert.equal(server.notes.get(id).starred, true);
      assert.equal(updates(server), 2);
    });

    it("that is answered with an error is looked for, sent once more, and then refused with the words", BOUND, async (t) => {
      const { id, server, page } = await open(t);
      server.hear = ({ type }, send) => type === "note_update" && (send({ type: "error", message: "Failed to update note" }), true);
      await page.evaluate((id) => sync.updateNote(id, { starred: true }).then(() => until(() => refusals.length === 1, 60_000)), id);
      const [{ reason, code, data }] = await page.evaluate(() => refusals);
      assert.deepEqual([reason, code, data.starred], ["Failed to update note", "refused", false]);
      assert.equal(updates(server), 2);
    });

    it("of texts and flags goes as texts first, and as flags with the poke", BOUND, async (t) => {
      const { id, server, page } = await open(t);
      await page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "New", archived: true })), id);
      const [put] = server.requests.filter(({ method }) => method === "PUT");
      assert.deepEqual(Object.keys(put.body).sort(), ["content", "encryptedContent", "encryptedTitle", "iv", "salt", "title"]);
      assert.deepEqual(openNote(key, put.body), { title: "New", content: "text" });
      assert.deepEqual(server.frames.filter(({ type }) => type === "note_update").map(({ changes }) => changes), [{ archived: true, title: "[ENCRYPTED]" }]);
    });

    it("of one text reads the row first, and keeps what another one has saved of the other", BOUND, async (t) => {
      const { id, server, page } = await open(t);
      Object.assign(server.notes.get(id), sealNote(key, { title: "There", content: "by another" }), { updatedAt: new Date().toISOString() });
      await page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "Mine" })), id);
      assert.deepEqual(openNote(key, server.notes.get(id)), { title: "Mine", content: "by another" });
    });
  });

  describe("a create", TOGETHER, () => {
    it("whose answer is no note is found by its IV", BOUND, async (t) => {
      const { server, page } = await open(t);
      server.answer = ({ method }, carryOut) => method === "POST" ? (carryOut(), [201, "gibberish"]) : undefined;
      assert.equal(await page.evaluate(() => acknowledged(sync.createNote({ title: "Once" }))), "confirmed");
      assert.equal(server.notes.size, 2);
      assert.equal(server.requests.filter(({ method }) => method === "POST").length, 1);
      assert.deepEqual(await page.evaluate(() => titles()), ["Once", "There"]);
    });

    it("whose answer stands under `note` is read", BOUND, async (t) => {
      const { server, page } = await open(t);
      server.answer = ({ method }, carryOut) => method === "POST" ? [201, { note: carryOut()[1] }] : undefined;
      assert.equal(await page.evaluate(() => acknowledged(sync.createNote({ title: "Wrapped" }))), "confirmed");
      assert.deepEqual(await page.evaluate(() => titles()), ["There", "Wrapped"]);
    });

    it("that is too often asked for is made later", BOUND, async (t) => {
      const { server, page } = await open(t);
      let refused = 0;
      server.answer = ({ method }) => (method === "POST" && ++refused <= 2 ? [429, { error: "Slow down" }] : undefined);
      assert.equal(await page.evaluate(() => acknowledged(sync.createNote({ title: "Later" }))), "confirmed");
      assert.deepEqual([server.notes.size, await page.evaluate(() => refusals.length)], [2, 0]);
    });

    for (const status of [400, 402, 413, 422]) {
      it(`that is refused with ${status} is kept, with the server's words`, BOUND, async (t) => {
        const { server, page } = await open(t);
        server.answer = ({ method }) => (method === "POST" ? [status, { error: "w".repeat(300) }] : undefined);
        await page.evaluate(() => sync.createNote({ title: "Refused" }).then(() => until(() => refusals.length === 1)));
        assert.deepEqual(await page.evaluate(() => [refusals[0].reason, sync.status.wedged, sync.status.pending]), ["w".repeat(200), 1, 0]);
      });
    }
  });

  describe("a name", () => {
    it("that comes with its temporary id is told under both, in one task", BOUND, async (t) => {
      const { server, page } = await open(t);
      await page.evaluate(() => (changes.length = 0));
      await page.evaluate(() => acknowledged(sync.createNote({ id: "mine", title: "New" })));
      const id = [...server.notes.keys()].at(-1);
      await page.evaluate((id) => until(async () => (await sync.get("note", id)) !== undefined), id);
      const told = await page.evaluate(() => changes.map(({ operation, entityId, formerId, replacedBy }) => [operation, entityId, formerId, replacedBy].filter(Boolean).join(" ")));
      assert.equal(told[0], "create mine");
      const at = told.indexOf(`delete mine ${id}`);
      assert.equal(told[at + 1], `create ${id} mine`);
      assert.deepEqual(await page.evaluate(async (id) => [(await sync.get("note", "mine")).id === id, (await sync.get("note", id)).key], id), [true, "mine"]);
      assert.equal(await page.evaluate(() => codeOf(() => sync.createNote({ id: "mine" }))), "bad_change");
    });
  });

  describe("many notes", () => {
    it("are read page by page, and only those that have changed again", BOUND, async (t) => {
      const opened = await openTypeletsPage(browser, t, prepare);
      const { server, page } = opened;
      for (let note = 0; note < 120; note++) server.add(sealNote(key, { title: `Note ${note}`, content: "" }));
      await page.evaluate(() => connect("live"));
      assert.equal((await page.evaluate(() => titles())).length, 120);
      const listings = () => server.requests.filter(({ path }) => path === "/notes").length;
      assert.equal(listings(), 3);
      server.add(sealNote(key, { title: "One more", content: "" }));
      await page.evaluate(() => (sync.reconnect(), until(async () => (await titles()).includes("One more"))));
      await page.evaluate(() => until(() => sync.status.state === "live"));
      assert.ok(listings() <= 5, `${listings()}`);
      assert.deepEqual(await page.evaluate(() => codes()), []);
    });
  });
}
