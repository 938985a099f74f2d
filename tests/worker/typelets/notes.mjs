import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ANY_ID, closeAll, SEALED, sealed, Writer } from "./client.mjs";

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function typeletsNotes(server) {
  describe("typelets: notes", () => {
    it("makes a note under an id of its own, and answers with the row", async () => {
      const ada = await Writer.join(server);
      const fields = sealed();
      const { id, createdAt, updatedAt, ...row } = await ada.expect(201, "POST", "/notes", { ...fields, id: ANY_ID, userId: "x", createdAt: 1 });
      const flags = { starred: false, archived: false, deleted: false, hidden: false };
      assert.deepEqual(row, { ...fields, ...flags, folderId: null, tags: [], type: "note", hiddenAt: null, userId: ada.id });
      assert.match(id, UUID);
      assert.notEqual(id, ANY_ID);
      for (const date of [createdAt, updatedAt]) assert.match(date, DATE);
      assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 10_000);
      assert.deepEqual(await ada.note(id), { id, createdAt, updatedAt, ...row });
    });

    it("takes what else a new note may have", async () => {
      const ada = await Writer.join(server);
      const folder = await ada.makeFolder();
      const fields = { folderId: folder.id, starred: true, archived: true, hidden: true, tags: ["a", "b"] };
      const { id, ...row } = await ada.makeNote(fields);
      for (const [field, value] of Object.entries(fields)) assert.deepEqual(row[field], value, field);
      assert.deepEqual(await ada.note(id), { id, ...row });
      assert.equal((await ada.makeNote({ folderId: "" })).folderId, null);
    });

    it("makes a second note of a repeated request", async () => {
      const ada = await Writer.join(server);
      const fields = sealed();
      const [one, other] = [await ada.expect(201, "POST", "/notes", fields), await ada.expect(201, "POST", "/notes", fields)];
      assert.notEqual(one.id, other.id);
      assert.equal((await ada.notes()).length, 2);
    });

    it("changes what a PUT names, and answers with the row", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote({ tags: ["kept"] });
      const change = { ...sealed(), starred: true };
      const { updatedAt, ...row } = await ada.expect(200, "PUT", `/notes/${note.id}`, { ...change, id: ANY_ID, userId: "x", colour: "red" });
      const { updatedAt: before, ...unchanged } = note;
      assert.deepEqual(row, { ...unchanged, ...change });
      assert.ok(updatedAt >= before);
      assert.deepEqual(await ada.note(note.id), { updatedAt, ...row });
      const emptied = await ada.expect(200, "PUT", `/notes/${note.id}`, { tags: [], starred: false });
      assert.deepEqual([emptied.tags, emptied.starred, emptied.iv], [[], false, change.iv]);
    });

    it("deletes into the trash, where a note stays to be seen and brought back", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote();
      const { updatedAt, ...deleted } = await ada.expect(200, "DELETE", `/notes/${note.id}`);
      const { updatedAt: before, ...unchanged } = note;
      assert.deepEqual(deleted, { ...unchanged, deleted: true });
      assert.ok(updatedAt >= before);
      assert.deepEqual(await ada.notes(), [{ updatedAt, ...deleted }]);
      assert.equal((await ada.note(note.id)).deleted, true);
      assert.equal((await ada.expect(200, "PUT", `/notes/${note.id}`, { deleted: false })).deleted, false);
    });

    it("removes for good what is in the trash, and nothing else", async () => {
      const ada = await Writer.join(server);
      const [kept, gone] = [await ada.makeNote(), await ada.makeNote()];
      await ada.expect(200, "DELETE", `/notes/${gone.id}`);
      const { message, ...rest } = await ada.expect(200, "DELETE", "/notes/empty-trash");
      assert.deepEqual(rest, { success: true, deletedCount: 1 });
      assert.match(message, /^1 /);
      assert.deepEqual(await ada.expect(404, "GET", `/notes/${gone.id}`), { error: "Note not found" });
      assert.deepEqual(await ada.notes(), [kept]);
    });

    it("lists the newest first, in pages", async () => {
      const ada = await Writer.join(server);
      const made = [];
      for (let i = 0; i < 5; i++) made.push((await ada.makeNote()).id);
      await ada.expect(200, "PUT", `/notes/${made[1]}`, { starred: true });
      const order = [made[1], made[4], made[3], made[2], made[0]];
      const page = async (query) => {
        const { notes, pagination } = await ada.expect(200, "GET", `/notes${query}`);
        return { ids: notes.map(({ id }) => id), pagination };
      };
      assert.deepEqual(await page(""), { ids: order, pagination: { page: 1, limit: 20, total: 5, pages: 1 } });
      assert.deepEqual(await page("?page=1&limit=2"), { ids: order.slice(0, 2), pagination: { page: 1, limit: 2, total: 5, pages: 3 } });
      assert.deepEqual(await page("?limit=2&page=3"), { ids: order.slice(4), pagination: { page: 3, limit: 2, total: 5, pages: 3 } });
      assert.deepEqual((await page("?page=4&limit=2")).ids, []);
      assert.deepEqual((await page("?limit=50")).pagination.limit, 50);
      for (const query of ["?limit=51", "?limit=0", "?limit=x", "?limit=1.5", "?page=0", "?page=-1", "?page=x"]) {
        await ada.expect(400, "GET", `/notes${query}`);
      }
    });

    it("has no notes before the first is made", async () => {
      const ada = await Writer.join(server);
      const pagination = { page: 1, limit: 20, total: 0, pages: 0 };
      assert.deepEqual(await ada.expect(200, "GET", "/notes"), { notes: [], pagination });
      assert.deepEqual(await ada.expect(200, "GET", "/folders"), { folders: [], pagination });
    });

    it("tells no socket of what was written over REST, not even one that has joined", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote();
      const socket = await ada.connect(note.id);
      await ada.expect(200, "PUT", `/notes/${note.id}`, { starred: true });
      await ada.makeNote();
      await ada.makeFolder();
      await ada.expect(200, "DELETE", `/notes/${note.id}`);
      await ada.expect(200, "DELETE", "/notes/empty-trash");
      assert.deepEqual(await socket.received(), []);
      await closeAll(socket);
    });

    it("names what is not there", async () => {
      const ada = await Writer.join(server);
      const error = "Note not found";
      assert.deepEqual(await ada.expect(404, "GET", `/notes/${ANY_ID}`), { error });
      assert.deepEqual(await ada.expect(404, "PUT", `/notes/${ANY_ID}`, { starred: true }), { error });
      assert.deepEqual(await ada.expect(404, "DELETE", `/notes/${ANY_ID}`), { error });
      const { id } = await ada.makeNote();
      assert.deepEqual(await ada.expect(400, "PUT", `/notes/${id}`, { folderId: ANY_ID }), { error: "Folder not found" });
      assert.deepEqual(await ada.expect(400, "POST", "/notes", sealed({ folderId: ANY_ID })), { error: "Folder not found" });
    });

    it("keeps every character", async () => {
      const ada = await Writer.join(server);
      const encryptedContent = "a\u0000b\u0001'\";--\u2028😀\u202e é %00 <b>";
      const { id } = await ada.makeNote({ encryptedContent, tags: [encryptedContent] });
      const { encryptedContent: content, tags, title } = await ada.note(id);
      assert.deepEqual([content, tags, title], [encryptedContent, [encryptedContent], SEALED]);
    });
  });
}
