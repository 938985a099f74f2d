import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { closeAll, sign, Writer } from "./client.mjs";

const MINUTE = 60_000;
const FAILED = { type: "error", message: "Message authentication failed" };

export function typeletsSigned(server) {
  async function begin() {
    const ada = await Writer.join(server);
    const note = await ada.makeNote();
    const socket = await ada.connect();
    return { ada, note, socket, secret: socket.secret };
  }

  describe("typelets: signed frames", () => {
    it("are signed here as the known answers say", async () => {
      const vectors = JSON.parse(await readFile(new URL("../../vectors/interop.json", import.meta.url), "utf8"));
      const { sessionSecret, timestamp, cases } = vectors.typelets_signing;
      assert.ok(cases.length > 0);
      for (const { payload, nonce, signature } of cases) {
        assert.deepEqual(sign(sessionSecret, payload, { timestamp, nonce }), { payload, signature, timestamp, nonce });
      }
    });

    it("do what they hold, and are answered as if they were not signed", async () => {
      const { ada, note, socket, secret } = await begin();
      assert.equal((await socket.ask(sign(secret, { type: "ping" }))).type, "pong");
      assert.equal((await socket.ask(sign(secret, { type: "join_note", noteId: note.id }))).type, "note_joined");
      const changes = { encryptedTitle: "é \u0001\"\\/😀", folderId: null, starred: true };
      const { updatedNote } = await socket.ask(sign(secret, { type: "note_update", noteId: note.id, changes }));
      assert.equal(updatedNote.encryptedTitle, changes.encryptedTitle);
      assert.deepEqual(await ada.note(note.id), updatedNote);
      assert.deepEqual(await socket.ask(sign(secret, null)), { type: "error", message: "Unknown message type" });
      await closeAll(socket);
    });

    it("are good from five minutes after to one before", async () => {
      const { socket, secret } = await begin();
      const ping = (offset) => socket.ask(sign(secret, { type: "ping" }, { timestamp: Date.now() + offset }));
      const { timestamp } = await socket.ask({ type: "ping" });
      assert.ok(Math.abs(timestamp - Date.now()) < MINUTE / 12, "this test is of the server's clock");
      for (const offset of [-5 * MINUTE + 5000, MINUTE - 5000]) assert.equal((await ping(offset)).type, "pong", `${offset}`);
      for (const offset of [-5 * MINUTE - 5000, MINUTE + 5000, -1e300, 1e300]) assert.deepEqual(await ping(offset), FAILED, `${offset}`);
      await closeAll(socket);
    });

    it("are good once", async () => {
      const { note, socket, secret } = await begin();
      const frame = sign(secret, { type: "note_update", noteId: note.id, changes: { starred: true } });
      assert.equal((await socket.ask(frame)).type, "note_update_success");
      assert.deepEqual(await socket.ask(frame), FAILED);
      assert.deepEqual(await socket.ask(sign(secret, { type: "ping" }, { nonce: frame.nonce })), FAILED, "the nonce in another frame");
      assert.equal((await socket.ask(sign(secret, { type: "ping" }))).type, "pong");

      const [first, second] = [sign(secret, { type: "ping" }), sign(secret, { type: "ping" })];
      for (const sent of [first, second, first, second]) socket.send(sent);
      assert.deepEqual((await socket.nextOf(4)).map(({ type }) => type), ["pong", "pong", "error", "error"], "also at once");
      await closeAll(socket);
    });

    it("do not use a nonce up where the signature is wrong", async () => {
      const { socket, secret } = await begin();
      const frame = sign(secret, { type: "ping" });
      assert.deepEqual(await socket.ask({ ...frame, signature: sign(secret, {}).signature }), FAILED);
      assert.equal((await socket.ask(frame)).type, "pong");
      await closeAll(socket);
    });

    it("are refused where anything about them is not as it was signed", async () => {
      const { ada, note, socket, secret } = await begin();
      const other = await ada.connect();
      const payload = { type: "note_update", noteId: note.id, changes: { starred: true } };
      const good = sign(secret, payload);
      const broken = {
        "another payload": { ...good, payload: { ...payload, changes: { starred: false } } },
        "another time": { ...good, timestamp: good.timestamp - 1 },
        "another nonce": { ...good, nonce: "x" },
        "no base64": { ...good, signature: "*" },
        "an empty signature": { ...good, signature: "" },
        "half a signature": { ...good, signature: good.signature.slice(0, 22) },
        "another socket's secret": sign(other.secret, payload),
        "the bytes of the secret": sign(Buffer.from(secret, "hex"), payload),
        "a long nonce": sign(secret, payload, { nonce: "x".repeat(129) }),
      };
      for (const [what, frame] of Object.entries(broken)) assert.deepEqual(await socket.ask(frame), FAILED, what);
      assert.deepEqual(await ada.note(note.id), note);
      await closeAll(socket, other);
    });

    it("are no frames of a known type where a part is missing or another type", async () => {
      const { socket, secret } = await begin();
      const good = sign(secret, { type: "ping" });
      const parts = [{ payload: undefined }, { signature: undefined }, { signature: 1 }, { timestamp: `${good.timestamp}` }, { nonce: 1 }];
      for (const part of parts) {
        assert.deepEqual(await socket.ask({ ...good, ...part }), { type: "error", message: "Unknown message type" }, JSON.stringify(part));
      }
      await closeAll(socket);
    });

    it("may be nested as deep as fits into a frame without harm to the hub", async () => {
      const { ada, note, socket, secret } = await begin();
      const other = await ada.connect();
      const deep = '{"1":'.repeat(150_000) + "1" + "}".repeat(150_000);
      const frame = JSON.stringify(sign(secret, "deep")).replace('"deep"', deep);
      assert.deepEqual(await socket.ask(frame), FAILED);
      assert.equal((await other.update(note.id, { starred: true })).type, "note_update_success", "the other socket is still there");
      await closeAll(socket, other);
    });

    it("are refused before there is a secret", async () => {
      const { ada, secret } = await begin();
      const socket = await ada.dial();
      assert.deepEqual(await socket.ask(sign(secret, { type: "auth", token: ada.token })), FAILED);
      await closeAll(socket);
    });

    it("are carried out in the order in which they are sent, among others", async () => {
      const { ada, note, socket, secret } = await begin();
      const titles = Array.from({ length: 60 }, (_, i) => `title ${i}`);
      for (const [i, encryptedTitle] of titles.entries()) {
        const frame = { type: "note_update", noteId: note.id, changes: { encryptedTitle } };
        socket.send(i % 3 === 2 ? frame : sign(secret, frame));
      }
      assert.deepEqual((await socket.nextOf(60)).map(({ updatedNote }) => updatedNote.encryptedTitle), titles);
      assert.equal((await ada.note(note.id)).encryptedTitle, "title 59");
      await closeAll(socket);
    });
  });
}
