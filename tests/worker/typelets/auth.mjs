import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ANY_ID, closeAll, Writer } from "./client.mjs";

const REQUIRED = { type: "error", message: "Authentication required" };

/** All that a socket may say once it is in. */
const FRAMES = [
  { type: "join_note", noteId: ANY_ID },
  { type: "leave_note", noteId: ANY_ID },
  { type: "note_update", noteId: ANY_ID, changes: { starred: true } },
  { type: "note_update", noteId: ANY_ID, changes: {} },
  { type: "note_created", noteId: ANY_ID, noteData: {} },
  { type: "note_deleted", noteId: ANY_ID },
  { type: "folder_created", folderId: ANY_ID, folderData: {} },
  { type: "folder_updated", folderId: ANY_ID, changes: {} },
  { type: "folder_deleted", folderId: ANY_ID },
];

export function typeletsAuth(server) {
  describe("typelets: authentication", () => {
    it("is asked for at once, and answered with the user and a secret of 64 hex characters, new each time", async () => {
      const ada = await Writer.join(server);
      const [one, other] = [await ada.dial(), await ada.dial()];
      assert.deepEqual(one.greeting, { type: "connection_established", message: "Please authenticate to continue" });
      const { sessionSecret, ...answer } = await one.authenticate(ada.token);
      assert.deepEqual(answer, { type: "auth_success", message: "Authentication successful", userId: ada.id });
      assert.match(sessionSecret, /^[0-9a-f]{64}$/);
      assert.notEqual((await other.authenticate(ada.token)).sessionSecret, sessionSecret);
      await closeAll(one, other);
    });

    it("comes before everything but a ping", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote();
      const [socket, member] = [await ada.dial(), await ada.connect(note.id)];
      const { type, timestamp, ...rest } = await socket.ask({ type: "ping" });
      assert.deepEqual({ type, rest }, { type: "pong", rest: {} });
      assert.ok(Math.abs(timestamp - Date.now()) < 10_000);
      for (const frame of FRAMES) {
        assert.deepEqual(await socket.ask({ ...frame, ...(frame.noteId && { noteId: note.id }) }), REQUIRED, frame.type);
      }
      assert.deepEqual(await socket.ask({ type: "unknown" }), REQUIRED);
      assert.deepEqual(await ada.notes(), [note]);
      assert.deepEqual(await member.received(), []);
      assert.equal((await socket.authenticate(ada.token)).type, "auth_success", "what was refused has done no harm");
      await closeAll(socket, member);
    });

    it("has to be over before the next frame is sent: what is pipelined behind it is refused", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote();
      const socket = await ada.dial();
      socket.send({ type: "auth", token: ada.token });
      socket.send({ type: "join_note", noteId: note.id });
      socket.send({ type: "note_update", noteId: note.id, changes: { starred: true } });
      const [one, other, { type }] = await socket.nextOf(3);
      assert.deepEqual([one, other, type], [REQUIRED, REQUIRED, "auth_success"]);

      const sender = await ada.connect();
      await sender.update(note.id, { archived: true });
      assert.deepEqual(await socket.received(), [], "it has not joined");
      assert.equal((await ada.note(note.id)).starred, false);
      await closeAll(socket, sender);
    });

    it("may take its time, in which pings are answered and nothing else is done", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      await ada.setFaults({ authenticateAfterMs: 500 });
      const socket = await ada.dial();
      const sent = Date.now();
      socket.send({ type: "auth", token: ada.token });
      assert.deepEqual(await socket.received(), []);
      assert.deepEqual(await socket.join(id), REQUIRED);
      assert.deepEqual(await socket.authenticate(ada.token), { type: "error", message: "Authentication is under way" });
      assert.equal((await socket.next()).type, "auth_success");
      assert.ok(Date.now() - sent >= 500);
      await closeAll(socket);
    });

    it("fails without a token, with one that is none and with another user's, and ends the socket without a code", async () => {
      const [ada, eve] = [await Writer.join(server), await Writer.join(server)];
      for (const token of [undefined, null, 1, "", "x", {}, [ada.token], eve.token]) {
        const socket = await ada.dial();
        const answer = { type: "auth_failed", message: "Authentication failed", reason: "auth-failed" };
        assert.deepEqual(await socket.authenticate(token), answer, JSON.stringify(token));
        assert.equal(await socket.end(), 1005);
      }
    });

    it("may be done again on the same socket, which gets a new secret; a bad token ends it", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote();
      const socket = await ada.connect(note.id);
      const { type, sessionSecret } = await socket.authenticate((await ada.mint()).token);
      assert.equal(type, "auth_success");
      assert.notEqual(sessionSecret, socket.secret);
      const sender = await ada.connect();
      await sender.update(note.id, { starred: true });
      assert.equal((await socket.next()).type, "note_sync", "it is still joined");
      assert.equal((await socket.authenticate("x")).type, "auth_failed");
      assert.equal(await socket.end(), 1005);
      await closeAll(sender);
    });

    it("lasts longer than the token", async () => {
      const ada = await Writer.join(server);
      const note = await ada.makeNote();
      const { token, expiresAt } = await ada.mint(2);
      const socket = await ada.dial();
      assert.equal((await socket.authenticate(token)).type, "auth_success");
      await sleep(expiresAt - Date.now() + 1);
      const late = await ada.dial();
      assert.equal((await late.authenticate(token)).reason, "token-expired", "the token is over");
      assert.equal((await socket.update(note.id, { starred: true })).type, "note_update_success");
      await closeAll(socket);
    });
  });
}
