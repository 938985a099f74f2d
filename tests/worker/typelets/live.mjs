import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ANY_ID, closeAll, SEALED, Writer } from "./client.mjs";

const DENIED = { type: "error", message: "Note not found or access denied" };

export function typeletsLive(server) {
  /** A note with two sockets that have joined it. */
  async function meet() {
    const ada = await Writer.join(server);
    const note = await ada.makeNote();
    const [one, other] = [await ada.connect(note.id), await ada.connect(note.id)];
    return { ada, note, one, other, part: () => closeAll(one, other) };
  }

  describe("typelets: joining", () => {
    it("is answered, and so is leaving", async () => {
      const { note, one, part } = await meet();
      const joined = { type: "note_joined", noteId: note.id, message: "Successfully joined note for real-time sync" };
      assert.deepEqual(await one.join(note.id), joined);
      const left = { type: "note_left", noteId: note.id };
      assert.deepEqual(await one.ask({ type: "leave_note", noteId: note.id }), left);
      assert.deepEqual(await one.ask({ type: "leave_note", noteId: note.id }), left);
      await part();
    });

    it("is what makes a socket hear of a note, until it leaves", async () => {
      const { ada, note, one, other, part } = await meet();
      const [second, listener] = [await ada.makeNote(), await ada.connect()];
      await one.update(note.id, { starred: true });
      assert.deepEqual(await listener.received(), [], "it has not joined");
      assert.equal((await other.received()).length, 1);

      await listener.join(note.id);
      await listener.join(note.id);
      await one.update(note.id, { starred: false });
      await one.update(second.id, { starred: true });
      assert.deepEqual((await listener.received()).map(({ noteId }) => noteId), [note.id], "once, and of that note alone");

      await listener.ask({ type: "leave_note", noteId: note.id });
      await one.update(note.id, { starred: true });
      assert.deepEqual(await listener.received(), []);
      await Promise.all([part(), listener.close()]);
    });

    it("is refused where the user has no such note", async () => {
      const { ada, one, part } = await meet();
      assert.deepEqual(await one.join(ANY_ID), DENIED);
      for (const noteId of [undefined, null, "", 1, {}]) {
        for (const type of ["join_note", "leave_note", "note_update"]) {
          assert.deepEqual(await one.ask({ type, noteId, changes: { starred: true } }), { type: "error", message: "Missing noteId" });
        }
      }
      const gone = await ada.makeNote();
      await ada.expect(200, "DELETE", `/notes/${gone.id}`);
      assert.equal((await one.join(gone.id)).type, "note_joined", "it is in the trash");
      await ada.expect(200, "DELETE", "/notes/empty-trash");
      assert.deepEqual(await one.join(gone.id), DENIED);
      await part();
    });
  });

  describe("typelets: updates", () => {
    it("are stored, confirmed to the sender with the row, and sent to the others with changes and row", async () => {
      const { ada, note, one, other, part } = await meet();
      const folder = await ada.makeFolder();
      const fields = { encryptedTitle: "AAAA", encryptedContent: "BBBB", starred: true, archived: true, deleted: true, hidden: true };
      const changes = { ...fields, folderId: folder.id, title: SEALED, content: SEALED };
      const { timestamp, ...success } = await one.update(note.id, changes);
      const updatedNote = await ada.note(note.id);
      assert.deepEqual(success, { type: "note_update_success", noteId: note.id, updatedNote });
      assert.deepEqual(updatedNote, { ...note, ...changes, updatedAt: updatedNote.updatedAt });
      assert.ok(updatedNote.updatedAt >= note.updatedAt);
      assert.ok(Math.abs(timestamp - Date.now()) < 10_000);

      const { timestamp: sent, ...sync } = await other.next();
      const synced = { ...changes, updatedAt: updatedNote.updatedAt };
      assert.deepEqual(sync, { type: "note_sync", noteId: note.id, changes: synced, updatedNote, fromUserId: ada.id });
      assert.ok(Math.abs(sent - Date.now()) < 10_000);
      assert.deepEqual(await one.received(), [], "the sender hears of it once");
      await part();
    });

    it("keep the fields that they may change and drop the rest", async () => {
      const { ada, note, one, other, part } = await meet();
      const dropped = { iv: "x", salt: "x", tags: ["x"], userId: "x", id: ANY_ID, createdAt: "x", type: "code", constructor: 1, colour: "red" };
      const { updatedNote } = await one.update(note.id, { ...dropped, starred: true });
      assert.deepEqual(updatedNote, { ...note, starred: true, updatedAt: updatedNote.updatedAt });
      assert.deepEqual((await other.next()).changes, { starred: true, updatedAt: updatedNote.updatedAt });
      for (const changes of [dropped, { title: "New Title", content: "New content" }, "starred", [1], 1]) {
        assert.deepEqual(await one.update(note.id, changes), { type: "error", message: "No valid fields to update" });
      }
      assert.deepEqual(await ada.note(note.id), updatedNote);
      assert.deepEqual(await other.received(), []);
      await part();
    });

    it("with a poke show the true row to all, and change nothing", async () => {
      const { ada, note, one, other, part } = await meet();
      const written = await ada.expect(200, "PUT", `/notes/${note.id}`, { encryptedTitle: "AAAA", iv: "BBBB" });
      const { updatedNote } = await one.update(note.id, { title: SEALED });
      assert.deepEqual(updatedNote, { ...written, updatedAt: updatedNote.updatedAt });
      assert.deepEqual((await other.next()).updatedNote, updatedNote);
      await part();
    });

    it("without changes are not answered at all", async () => {
      const { ada, note, one, other, part } = await meet();
      for (const changes of [{}, undefined, null]) one.send({ type: "note_update", noteId: note.id, changes });
      assert.deepEqual(await one.received(), []);
      assert.deepEqual(await other.received(), []);
      assert.deepEqual(await ada.note(note.id), note);
      await part();
    });

    it("of a note that is not there, or into a folder that is not, are refused", async () => {
      const { ada, note, one, part } = await meet();
      assert.deepEqual(await one.update(ANY_ID, { starred: true }), DENIED);
      assert.deepEqual(await one.update(ANY_ID, {}), DENIED);
      assert.deepEqual(await one.update(note.id, { starred: true, folderId: ANY_ID }), { type: "error", message: "Failed to update note" });
      assert.deepEqual(await ada.note(note.id), note);
      await part();
    });

    it("need no joining of their own", async () => {
      const { ada, note, other, part } = await meet();
      const sender = await ada.connect();
      assert.equal((await sender.update(note.id, { starred: true })).type, "note_update_success");
      assert.equal((await other.next()).type, "note_sync");
      await Promise.all([part(), sender.close()]);
    });

    it("are carried out in order, also where a hundred are under way", async () => {
      const { ada, note, one, other, part } = await meet();
      const titles = Array.from({ length: 100 }, (_, i) => `title ${i}`);
      for (const encryptedTitle of titles) one.send({ type: "note_update", noteId: note.id, changes: { encryptedTitle } });
      assert.deepEqual((await one.nextOf(100)).map(({ updatedNote }) => updatedNote.encryptedTitle), titles);
      assert.deepEqual((await other.nextOf(100)).map(({ changes }) => changes.encryptedTitle), titles);
      assert.equal((await ada.note(note.id)).encryptedTitle, "title 99");
      await part();
    });
  });

  describe("typelets: errors", () => {
    it("answer what is no frame or of no known type, and keep the socket", async () => {
      const { note, one, part } = await meet();
      const invalid = { type: "error", message: "Invalid message format" };
      const deep = "[".repeat(300_000) + "]".repeat(300_000);
      for (const text of ["hello", "", '{"type":"ping"', '"ping"', "1", "null", "[]", deep, Buffer.from('{"type":"ping"}')]) {
        assert.deepEqual(await one.ask(text), invalid, text.toString().slice(0, 20));
      }
      const unknown = { type: "error", message: "Unknown message type" };
      for (const type of [undefined, null, 1, "", "hello", "constructor", "note_sync", ["ping"]]) {
        assert.deepEqual(await one.ask({ type, noteId: note.id }), unknown, JSON.stringify(type));
      }
      assert.equal((await one.update(note.id, { starred: true })).type, "note_update_success");
      await part();
    });
  });
}
