import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closeAll, SEALED, sealed, Writer } from "./client.mjs";

/** For each field of a note, values that it may not have. */
const BROKEN_FIELDS = {
  title: [1, null, ["x"], "\ud800", "x".repeat(16_385)],
  content: [1, null, {}, "\ud800"],
  encryptedTitle: [1, null, "", "\ud800", "x".repeat(16_385)],
  encryptedContent: [1, null, "", {}, "\ud800"],
  iv: [1, null, "", "x".repeat(65)],
  salt: [1, null, "", "x".repeat(129)],
  folderId: [1, true, {}, "\ud800"],
  starred: [1, null, "true"],
  archived: [0, null],
  deleted: [1, null, "x"],
  hidden: [1, null, []],
  tags: [null, "x", [1], ["x".repeat(51)], Array.from({ length: 21 }, () => "x"), ["\ud800"]],
};

export function typeletsPlain(server) {
  describe("typelets: sealed notes", () => {
    it("refuses plain text over REST", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      const before = await ada.notes();
      for (const [field, error] of [["title", "Title must be '[ENCRYPTED]'"], ["content", "Content must be '[ENCRYPTED]'"]]) {
        for (const text of ["", "Shopping", "[encrypted]", `${SEALED} `]) {
          assert.deepEqual(await ada.expect(400, "POST", "/notes", sealed({ [field]: text })), { error });
          assert.deepEqual(await ada.expect(400, "PUT", `/notes/${id}`, { ...sealed(), [field]: text }), { error });
        }
      }
      await ada.expect(400, "POST", "/notes", { title: "Shopping", content: "Milk" });
      assert.deepEqual(await ada.notes(), before);
    });

    it("refuses a new note that lacks a part of what is sealed", async () => {
      const ada = await Writer.join(server);
      for (const field of ["title", "content", "encryptedTitle", "encryptedContent", "iv", "salt"]) {
        assert.deepEqual(await ada.expect(400, "POST", "/notes", sealed({ [field]: undefined })), { error: `\`${field}\` is required.` });
      }
      assert.deepEqual(await ada.notes(), []);
    });

    it("drops plain text that comes over the socket, and keeps what is beside it", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      const [sender, other] = [await ada.connect(id), await ada.connect(id)];
      const error = { type: "error", message: "No valid fields to update" };
      assert.deepEqual(await sender.update(id, { title: "New Title", content: "New content" }), error);
      assert.deepEqual(await other.received(), []);
      const { updatedNote } = await sender.update(id, { title: "New Title", starred: true });
      assert.deepEqual([updatedNote.title, updatedNote.starred], [SEALED, true]);
      const { updatedAt, ...changes } = (await other.next()).changes;
      assert.deepEqual(changes, { starred: true });
      assert.equal(updatedAt, updatedNote.updatedAt);
      await closeAll(sender, other);
    });

    for (const [field, values] of Object.entries(BROKEN_FIELDS)) {
      it(`refuses a ${field} that is none, over both ways`, async () => {
        const ada = await Writer.join(server);
        const note = await ada.makeNote();
        const socket = await ada.connect();
        for (const value of values) {
          await ada.expect(400, "POST", "/notes", sealed({ [field]: value }));
          await ada.expect(400, "PUT", `/notes/${note.id}`, { [field]: value });
          const { type, message } = await socket.update(note.id, { archived: true, [field]: value });
          const kept = !["iv", "salt", "tags"].includes(field) && !(typeof value === "string" && /^(title|content)$/.test(field));
          if (kept) assert.deepEqual({ type, message }, { type: "error", message: "Failed to update note" }, JSON.stringify(value));
        }
        const { updatedAt, archived, ...after } = await ada.note(note.id);
        const { updatedAt: before, archived: was, ...unchanged } = note;
        assert.deepEqual(after, unchanged);
        await closeAll(socket);
      });
    }
  });

  describe("typelets: plain notes", () => {
    it("takes text as it is, over both ways, in a hub that was told so", async () => {
      const ada = await Writer.join(server);
      await ada.setFaults({ plain: true });
      const note = await ada.expect(201, "POST", "/notes", { title: "Shopping", content: "Milk" });
      const { title, content, encryptedTitle, encryptedContent, iv, salt } = note;
      assert.deepEqual({ title, content, encryptedTitle, encryptedContent, iv, salt }, {
        title: "Shopping",
        content: "Milk",
        encryptedTitle: null,
        encryptedContent: null,
        iv: null,
        salt: null,
      });
      assert.equal((await ada.expect(200, "PUT", `/notes/${note.id}`, { title: "Errands" })).title, "Errands");

      const [sender, other] = [await ada.connect(note.id), await ada.connect(note.id)];
      const { updatedNote } = await sender.update(note.id, { title: "New Title", content: "" });
      assert.deepEqual([updatedNote.title, updatedNote.content], ["New Title", ""]);
      const { updatedAt, ...changes } = (await other.next()).changes;
      assert.deepEqual(changes, { title: "New Title", content: "" });
      assert.equal((await ada.note(note.id)).title, "New Title");
      await ada.expect(400, "POST", "/notes", { content: "no title" });
      await closeAll(sender, other);
    });

    it("is sealed again once it is told so, and no other hub was plain meanwhile", async () => {
      const [ada, eve] = [await Writer.join(server), await Writer.join(server)];
      await ada.setFaults({ plain: true });
      await eve.expect(400, "POST", "/notes", { title: "Shopping", content: "Milk" });
      await ada.setFaults({});
      await ada.expect(400, "POST", "/notes", { title: "Shopping", content: "Milk" });
    });
  });
}
