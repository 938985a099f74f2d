import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ANY_ID, closeAll, Writer } from "./client.mjs";

export function typeletsRelays(server) {
  /** Two sockets of a user; a relay asks for no joining. */
  async function meet() {
    const ada = await Writer.join(server);
    const [one, other] = [await ada.connect(), await ada.connect()];
    /** Sends a frame, which is not answered, and resolves to what the other socket got. */
    const relayed = async (frame) => {
      one.send(frame);
      assert.deepEqual(await one.received(), [], "no acknowledgement");
      const frames = await other.received();
      assert.equal(frames.length, 1);
      const { timestamp, fromUserId, ...rest } = frames[0];
      assert.ok(Math.abs(timestamp - Date.now()) < 10_000);
      assert.equal(fromUserId, ada.id);
      return rest;
    };
    const refused = async (frame, message) => {
      assert.deepEqual(await one.ask(frame), { type: "error", message }, JSON.stringify(frame));
      assert.deepEqual(await other.received(), []);
    };
    return { ada, relayed, refused, part: () => closeAll(one, other) };
  }

  describe("typelets: relays", () => {
    it("tell the others of a new note, and store nothing", async () => {
      const { ada, relayed, part } = await meet();
      const noteData = { id: ANY_ID, title: "whatever it says", userId: ada.id, deep: [{ a: null }] };
      assert.deepEqual(await relayed({ type: "note_created", noteId: ANY_ID, noteData }), { type: "note_created_sync", noteData });
      assert.deepEqual(await ada.notes(), []);
      await part();
    });

    it("tell the others of a deleted note, and delete nothing", async () => {
      const { ada, relayed, part } = await meet();
      const note = await ada.makeNote();
      const frame = { type: "note_deleted", noteId: note.id };
      assert.deepEqual(await relayed(frame), { type: "note_deleted_sync", noteId: note.id });
      assert.deepEqual(await ada.notes(), [note]);
      await ada.expect(200, "DELETE", `/notes/${note.id}`);
      assert.deepEqual(await relayed(frame), { type: "note_deleted_sync", noteId: note.id }, "it is in the trash");
      await part();
    });

    it("tell the others of folders, and store nothing", async () => {
      const { ada, relayed, part } = await meet();
      const folder = await ada.makeFolder("Kept");
      const folderData = { id: ANY_ID, name: "x", userId: ada.id };
      assert.deepEqual(await relayed({ type: "folder_created", folderId: ANY_ID, folderData }), { type: "folder_created_sync", folderData });
      const update = { folderId: folder.id, changes: { name: "x" }, updatedFolder: { ...folder, name: "x" } };
      assert.deepEqual(await relayed({ type: "folder_updated", ...update }), { type: "folder_updated_sync", ...update });
      const gone = { folderId: folder.id };
      assert.deepEqual(await relayed({ type: "folder_deleted", ...gone }), { type: "folder_deleted_sync", ...gone });
      assert.deepEqual((await ada.expect(200, "GET", "/folders")).folders, [folder]);
      await part();
    });

    it("need an id, and a row that says it is the user's", async () => {
      const { ada, refused, part } = await meet();
      for (const [row, id] of [["noteData", "noteId"], ["folderData", "folderId"]]) {
        const type = row === "noteData" ? "note_created" : "folder_created";
        await refused({ type, [row]: { id: ANY_ID, userId: ada.id } }, `Missing ${id}`);
        for (const data of [undefined, null, "x", [1]]) await refused({ type, [id]: ANY_ID, [row]: data }, `Missing ${row}`);
        for (const userId of [undefined, "user_x", null]) {
          await refused({ type, [id]: ANY_ID, [row]: { id: ANY_ID, userId } }, `Access denied: \`${row}.userId\` is another user`);
        }
      }
      await part();
    });

    it("may be too deep to be sent on, and do no harm", async () => {
      const { ada, relayed, refused, part } = await meet();
      const frame = { type: "note_created", noteId: ANY_ID, noteData: { userId: ada.id, deep: "deep" } };
      const deep = '{"1":'.repeat(150_000) + "1" + "}".repeat(150_000);
      await refused(JSON.stringify(frame).replace('"deep":"deep"', `"deep":${deep}`), "The server failed; try again later.");
      assert.equal((await relayed(frame)).noteData.deep, "deep");
      await part();
    });

    it("are refused of what is not there", async () => {
      const { ada, refused, part } = await meet();
      await refused({ type: "note_deleted", noteId: ANY_ID }, "Note not found or access denied");
      await refused({ type: "note_deleted" }, "Missing noteId");
      const { id } = await ada.makeFolder();
      await ada.expect(200, "DELETE", `/folders/${id}`);
      for (const type of ["folder_updated", "folder_deleted"]) {
        await refused({ type, folderId: id, changes: {} }, "Folder not found or access denied");
        await refused({ type, changes: {} }, "Missing folderId");
      }
      await part();
    });

    it("reach no socket that has not authenticated", async () => {
      const { ada, relayed, part } = await meet();
      const waiting = await ada.dial();
      await relayed({ type: "note_created", noteId: ANY_ID, noteData: { userId: ada.id } });
      assert.deepEqual(await waiting.received(), []);
      await Promise.all([part(), waiting.close()]);
    });
  });
}
