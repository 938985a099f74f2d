import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { dialAt } from "../client.mjs";
import { NoteSocket, sign, Writer } from "./client.mjs";

/** The local runtime lets an object hibernate after ten seconds without an event. */
const IDLE_MS = 12_000;
const WINDOW_MS = 60_000;
const GIVE_UP_MS = 40_000;

/** What takes its time begins here, at once, beside the other suites. The returned one looks at how it ended. */
export function typeletsPatience(server) {
  // First of all, so that the only hub there is by then is known.
  const unknown = begin(dialUnknown());
  const begun = {
    late: begin(unknown.then(late)),
    window: begin(unknown.then(frameWindow)),
    hibernation: begin(unknown.then(hibernation)),
  };

  /** A failure is told when the test awaits it. */
  function begin(running) {
    running.catch(() => {});
    return running;
  }

  /** Two sockets that do not authenticate, one 5 seconds behind the other, and one that does. */
  async function late() {
    const ada = await Writer.join(server);
    const member = await ada.connect();
    const [first, second] = [await stranger(ada.id), await sleep(5000).then(() => stranger(ada.id))];
    second.send({ type: "auth", token: "x".repeat(2_000_000) });
    await second.next();
    const ended = await Promise.all([first.ended, second.ended]);
    const errors = [await first.next(), await second.next()];
    const alive = (await member.ask({ type: "ping" })).type;
    await member.close();
    return { ended, errors, alive };
  }

  /** A socket for a user who never was. */
  async function dialUnknown() {
    const socket = await stranger("user_nobody-was-ever-here--");
    const files = await databases();
    return { files, ended: socket.ended };
  }

  async function stranger(userId) {
    const socket = new NoteSocket(dialAt(server, `/typelets/ws?user_id=${userId}`, { Origin: server.origin }));
    await socket.next();
    const from = Date.now();
    const closed = socket.closed.then(({ code }) => ({ code, after: Date.now() - from }));
    socket.ended = Promise.race([closed, sleep(GIVE_UP_MS, { code: "it is still open" }, { ref: false })]);
    return socket;
  }

  async function frameWindow() {
    const ada = await Writer.join(server);
    const socket = await ada.connect();
    const from = Date.now();
    for (let i = 1; i <= 300; i++) socket.send({ type: "ping" });
    const last = (await socket.nextOf(300)).at(-1);
    await sleep(WINDOW_MS - (Date.now() - from));
    const answers = [];
    for (let i = 0; i < 301; i++) answers.push(await socket.ask({ type: "ping" }));
    await socket.close();
    return { last, answers };
  }

  async function hibernation() {
    const ada = await Writer.join(server);
    const note = await ada.makeNote();
    const [socket, sender] = [await ada.connect(note.id), await ada.connect()];
    const used = sign(socket.secret, { type: "ping" });
    await socket.ask(used);
    for (let i = 3; i < 298; i++) socket.send({ type: "ping" });
    await socket.nextOf(295);
    const asleepFrom = Date.now();
    await sleep(IDLE_MS);
    // A signed frame of this socket wakes the object: its secret, its nonces and its count are not in memory.
    const answers = [await socket.ask(used), await socket.ask(sign(socket.secret, { type: "ping" })), await socket.ask({ type: "ping" })];
    const confirmed = await sender.update(note.id, { starred: true });
    const synced = await socket.next();
    const { awakeSince } = await ada.expect(200, "GET", "/faults");
    await Promise.all([socket.close(), sender.close()]);
    return { asleepFrom, awakeSince, answers, confirmed, synced };
  }

  async function databases() {
    const files = await readdir(server.persist, { recursive: true });
    return files.filter((file) => /NoteHub\b.*\b[0-9a-f]{64}\.sqlite$/.test(file)).map((file) => join(server.persist, file));
  }

  return () =>
    describe("typelets: patience", () => {
      it("ends a socket that has not authenticated for 30 seconds, and no other", async () => {
        const { ended, errors, alive } = await begun.late;
        for (const { code, after } of ended) {
          assert.equal(code, 1005);
          assert.ok(after > 29_000 && after < 34_000, `${after} ms`);
        }
        const message = "Authentication timeout. Connection will be closed.";
        assert.deepEqual(errors, [{ type: "error", message }, { type: "error", message }]);
        assert.equal(alive, "pong");
      });

      it("keeps nothing of a user who never authenticated but the runtime's own alarm", async () => {
        const { files, ended } = await unknown;
        assert.equal(files.length, 1);
        assert.equal((await ended).code, 1005);
        for (const suffix of ["", "-wal"].filter((suffix) => existsSync(files[0] + suffix))) {
          assert.doesNotMatch(await readFile(files[0] + suffix, "latin1"), /CREATE TABLE (?!_cf_)/);
        }
      });

      it("hears a socket again when a minute is over, for 300 frames more", async () => {
        const { last, answers } = await begun.window;
        assert.equal(last.type, "error");
        assert.deepEqual(answers.map(({ type }) => type), [...Array.from({ length: 300 }, () => "pong"), "error"]);
      });

      it("knows a socket again after hibernation: who it is, what it has joined, its nonces and its frames", async () => {
        const { asleepFrom, awakeSince, answers, confirmed, synced } = await begun.hibernation;
        assert.ok(awakeSince > asleepFrom, "the object has slept");
        assert.deepEqual(answers.map(({ type }) => type), ["error", "pong", "error"], "a used nonce, the 300th frame, and one too many");
        assert.equal(confirmed.type, "note_update_success");
        assert.deepEqual(synced.updatedNote, confirmed.updatedNote);
      });
    });
}
