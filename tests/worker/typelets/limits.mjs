import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { closeAll, sealed, sign, Writer } from "./client.mjs";

const MIB = 1_048_576;
const SLOW_DOWN = { type: "error", message: "Rate limit exceeded. Please slow down." };
const TOO_LARGE = { type: "error", message: "Message too large. Maximum size is 1MB." };

export function typeletsLimits(server) {
  describe("typelets: limits of sockets", () => {
    it("takes 20 of a user, and tells the next at its authentication", async () => {
      const [ada, eve] = [await Writer.join(server), await Writer.join(server)];
      const sockets = [];
      for (let i = 0; i < 20; i++) sockets.push(await ada.connect());
      const late = await ada.dial();
      assert.deepEqual(await late.authenticate(ada.token), { type: "error", message: "Maximum connections exceeded for this user" });
      assert.equal(await late.end(), 1005);
      assert.equal((await sockets[0].authenticate(ada.token)).type, "auth_success", "one that is in is not counted again");
      await closeAll(await eve.connect());

      await sockets.pop().close();
      sockets.push(await ada.connect());
      await closeAll(...sockets);
    });

    it("lets 20 wait that have not authenticated, and answers 429 to the next", async () => {
      const ada = await Writer.join(server);
      const member = await ada.connect();
      const waiting = [];
      for (let i = 0; i < 20; i++) waiting.push(await ada.dial());
      assert.equal((await ada.upgrade()).status, 429);
      assert.equal((await waiting[0].authenticate(ada.token)).type, "auth_success");
      assert.equal((await ada.upgrade()).status, 101);
      await closeAll(member, ...waiting);
    });

    it("hears 300 frames in a minute, whatever they hold, and drops the rest with an error", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote();
      const [socket, other] = [await ada.connect(note.id), await ada.connect(note.id)];
      // Two so far: `auth` and `join_note`. What is refused counts as well.
      const kinds = ["hello", { type: "unknown" }, { type: "ping" }, Buffer.from("x"), "x".repeat(MIB + 1)];
      for (let i = 2; i < 299; i++) socket.send(i < 12 ? kinds[i % kinds.length] : { type: "ping" });
      await socket.nextOf(297);
      assert.equal((await socket.update(note.id, { starred: true })).type, "note_update_success", "the 300th");

      for (let i = 0; i < 3; i++) assert.deepEqual(await socket.update(note.id, { starred: false }), SLOW_DOWN);
      assert.deepEqual(await socket.ask({ type: "ping" }), SLOW_DOWN);
      assert.deepEqual(await socket.ask({ type: "auth", token: "x" }), SLOW_DOWN, "it is not even looked at");
      assert.equal((await ada.note(note.id)).starred, true);
      assert.equal((await other.received()).length, 1);
      assert.equal((await other.update(note.id, { hidden: true })).type, "note_update_success", "each socket for itself");
      assert.equal((await socket.next()).type, "note_sync", "it still hears");
      await closeAll(socket, other);
    });

    it("counts from the first frame, before there is a user", async () => {
      const ada = await Writer.join(server);
      const socket = await ada.dial();
      for (let i = 0; i < 300; i++) socket.send({ type: "ping" });
      await socket.nextOf(300);
      assert.deepEqual(await socket.authenticate(ada.token), SLOW_DOWN);
      await closeAll(socket);
    });

    it("keeps nothing of a socket that has ended, and no nonce longer than its frame is good", async () => {
      const ada = await Writer.join(server);
      const notes = [await ada.makeNote(), await ada.makeNote()].map(({ id }) => id);
      const [socket, other] = [await ada.connect(...notes), await ada.connect(notes[0])];
      const kept = async () => (await ada.expect(200, "GET", "/faults")).kept;
      const old = { timestamp: Date.now() - 5 * 60_000 + 2000 };
      for (const when of [old, {}, {}]) assert.equal((await socket.ask(sign(socket.secret, { type: "ping" }, when))).type, "pong");
      assert.deepEqual(await kept(), { joined: 3, nonces: 3 });
      await sleep(2000);
      await other.ask(sign(other.secret, { type: "ping" }));
      assert.deepEqual(await kept(), { joined: 3, nonces: 3 }, "one more, and one less");

      await socket.close();
      // The socket's end is told here and at the server in no order.
      for (let i = 0; i < 100 && (await kept()).joined > 1; i++) await sleep(10);
      assert.deepEqual(await kept(), { joined: 1, nonces: 1 });
      await ada.expect(200, "DELETE", `/notes/${notes[0]}`);
      await ada.expect(200, "DELETE", "/notes/empty-trash");
      assert.deepEqual(await kept(), { joined: 0, nonces: 1 }, "nor of a note that is gone");
      await closeAll(other);
    });

    it("takes a frame of 1 MiB, and no larger one", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote();
      const [socket, other] = [await ada.connect(note.id), await ada.connect(note.id)];
      const frame = (text) => ({ type: "note_update", noteId: note.id, changes: { encryptedContent: text } });
      const room = MIB - JSON.stringify(frame("")).length;
      const text = "é".repeat(100) + "x".repeat(room - 200);
      assert.equal((await socket.ask(frame(text))).updatedNote.encryptedContent, text);
      assert.equal((await other.next()).updatedNote.encryptedContent, text);
      assert.deepEqual(await socket.ask(frame(`${text}x`)), TOO_LARGE);
      assert.deepEqual(await socket.ask(frame("é".repeat(room / 2 + 1))), TOO_LARGE, "bytes count, not characters");
      assert.equal((await ada.note(note.id)).encryptedContent, text);
      assert.deepEqual(await other.received(), []);
      await closeAll(socket, other);
    });
  });

  describe("typelets: limits of notes", () => {
    it("takes a body of 1 MiB, and no larger one", async () => {
      const ada = await Writer.join(server);
      const fields = sealed({ encryptedContent: "" });
      fields.encryptedContent = "x".repeat(MIB - JSON.stringify(fields).length);
      const { id } = await ada.expect(201, "POST", "/notes", fields);
      assert.equal((await ada.note(id)).encryptedContent, fields.encryptedContent);
      fields.encryptedContent += "x";
      for (const [method, path] of [["POST", "/notes"], ["PUT", `/notes/${id}`], ["POST", "/folders"]]) {
        assert.match((await ada.expect(413, method, path, fields)).error, /1,048,576 bytes/);
      }
    });

    it("lists a page of 50 notes of 1 MiB each", async () => {
      const ada = await Writer.join(server);
      const encryptedContent = "x".repeat(MIB - 1000);
      for (let i = 0; i < 50; i++) await ada.makeNote({ encryptedContent });
      const notes = await ada.notes();
      assert.equal(notes.length, 50);
      assert.ok(notes.every((note) => note.encryptedContent === encryptedContent));
    });

    it("answers 402 above the user's plan, which takes 1,000 unless the hub was told otherwise", async () => {
      const ada = await Writer.join(server);
      assert.equal((await ada.setFaults({ fullAt: 2 })).fullAt, 2);
      const { id } = await ada.makeNote();
      await ada.makeNote();
      assert.match((await ada.expect(402, "POST", "/notes", sealed())).error, /2 notes/);
      assert.equal((await ada.notes()).length, 2);
      assert.equal((await ada.expect(200, "PUT", `/notes/${id}`, { starred: true })).starred, true, "it may be changed all the same");
      await ada.expect(200, "DELETE", `/notes/${id}`);
      await ada.expect(402, "POST", "/notes", sealed());
      await ada.expect(200, "DELETE", "/notes/empty-trash");
      await ada.makeNote();
      assert.equal((await ada.setFaults({})).fullAt, 1000);
      await ada.makeNote();
    });

    it("refuses what is no JSON object", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      for (const body of ["", "{", "null", "[]", "1", '"x"', new Uint8Array([0x7b, 0xff, 0x7d])]) {
        await ada.expect(400, "POST", "/notes", body);
        await ada.expect(400, "PUT", `/notes/${id}`, body);
      }
      const { updatedAt } = await ada.expect(200, "PUT", `/notes/${id}`, '{"__proto__":{"starred":true},"constructor":1}');
      assert.equal((await ada.note(id)).starred, false);
      assert.equal((await ada.note(id)).updatedAt, updatedAt);
    });
  });
}
