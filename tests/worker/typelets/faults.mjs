import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closeAll, sealed, Writer } from "./client.mjs";

export function typeletsFaults(server) {
  /** A note that a sender changes and another socket has joined. */
  async function begin(faults) {
    const ada = await Writer.join(server);
    const note = await ada.makeNote();
    const [sender, other] = [await ada.connect(note.id), await ada.connect(note.id)];
    if (faults) await ada.setFaults(faults);
    const send = (title) => sender.send({ type: "note_update", noteId: note.id, changes: { encryptedTitle: title } });
    const stored = async () => (await ada.note(note.id)).encryptedTitle;
    const titles = (frames) => frames.map(({ updatedNote }) => updatedNote.encryptedTitle);
    return { ada, note, sender, other, send, stored, titles, part: () => closeAll(sender, other) };
  }

  describe("typelets: faults of sockets", () => {
    it("let 25 updates at once end on another value than the last sent, and each be confirmed", async () => {
      for (let run = 0; run < 3; run++) {
        const { sender, send, stored, titles, other, part } = await begin({ scrambleUpdates: { share: 1 } });
        const sent = Array.from({ length: 25 }, (_, i) => `title ${i}`);
        sent.forEach(send);
        const confirmed = titles(await sender.nextOf(25));
        assert.deepEqual(confirmed.toSorted(), sent.toSorted());
        assert.notEqual(confirmed.at(-1), sent.at(-1));
        assert.equal(await stored(), confirmed.at(-1));
        assert.deepEqual(titles(await other.nextOf(25)), confirmed);
        await part();
      }
    });

    it("leave one update in flight right, and what is of other notes alone", async () => {
      const { ada, sender, send, stored, titles, part } = await begin({ scrambleUpdates: { share: 1 } });
      for (const title of ["one", "two", "three"]) {
        send(title);
        assert.deepEqual(titles([await sender.next()]), [title]);
        assert.equal(await stored(), title);
      }
      const second = await ada.makeNote();
      send("four");
      sender.send({ type: "note_update", noteId: second.id, changes: { encryptedTitle: "other" } });
      await sender.nextOf(2);
      assert.deepEqual([await stored(), (await ada.note(second.id)).encryptedTitle], ["four", "other"]);
      await part();
    });

    it("lose confirmations of what is stored and relayed", async () => {
      const { sender, other, send, stored, titles, part } = await begin({ dropSuccess: { next: 2, after: 1 } });
      for (const title of ["a", "b", "c", "d"]) send(title);
      assert.deepEqual(titles(await sender.received()), ["a", "d"]);
      assert.deepEqual(titles(await other.received()), ["a", "b", "c", "d"]);
      assert.equal(await stored(), "d");
      await part();
    });

    it("send confirmations late, behind those of later updates", async () => {
      const { sender, send, titles, part } = await begin({ delaySuccess: { next: 1 }, successAfterMs: 300 });
      const sent = Date.now();
      send("late");
      send("soon");
      assert.deepEqual(titles([await sender.next()]), ["soon"]);
      assert.deepEqual(titles([await sender.next()]), ["late"]);
      assert.ok(Date.now() - sent >= 300);
      await part();
    });

    it("lose a share of the relays, evenly, and no confirmation", async () => {
      const { ada, sender, other, send, titles, part } = await begin({ dropRelays: { share: 0.25 } });
      for (let i = 0; i < 20; i++) send(`title ${i}`);
      assert.equal((await sender.received()).length, 20);
      const came = titles(await other.received());
      assert.deepEqual(came, Array.from({ length: 20 }, (_, i) => `title ${i}`).filter((_, i) => i % 4 !== 3));

      await ada.setFaults({ dropRelays: { share: 1 } });
      send("lost");
      sender.send({ type: "note_created", noteId: "x", noteData: { userId: ada.id } });
      assert.equal((await sender.received()).length, 1);
      assert.deepEqual(await other.received(), []);
      await part();
    });

    it("cut the socket before an update is carried out", async () => {
      const { sender, other, send, stored, note } = await begin({ cutBefore: { next: 1 } });
      send("never");
      assert.equal(await sender.end(), 1005);
      assert.equal(await stored(), note.encryptedTitle);
      assert.deepEqual(await other.received(), []);
      assert.equal((await other.update(note.id, { starred: true })).type, "note_update_success", "once");
      await other.close();
    });

    it("cut the socket after an update was carried out, in place of the confirmation", async () => {
      const { sender, other, send, stored, titles } = await begin({ cutAfter: { next: 1 } });
      send("done");
      assert.equal(await sender.end(), 1005);
      assert.equal(await stored(), "done");
      assert.deepEqual(titles(await other.received()), ["done"]);
      await other.close();
    });

    it("close all sockets once, and refuse new ones with 503 as often as they are asked to", async () => {
      const { ada, sender, other } = await begin();
      await ada.setFaults({ closeSockets: true, refuseSockets: { next: 2 } });
      assert.deepEqual([await sender.end(), await other.end()], [1005, 1005]);
      for (let i = 0; i < 2; i++) assert.equal((await ada.upgrade()).status, 503);
      await closeAll(await ada.connect());
    });

    it("sync to all of the user's other sockets", async () => {
      const { ada, other, send, titles, sender, part } = await begin({ syncAll: true });
      const stranger = await ada.connect();
      send("x");
      await sender.next();
      assert.deepEqual([titles(await other.received()), titles(await stranger.received())], [["x"], ["x"]]);
      await Promise.all([part(), stranger.close()]);
    });
  });

  describe("typelets: faults of REST", () => {
    it("lose the replies to writes that are carried out", async () => {
      const ada = await Writer.join(server);
      await ada.setFaults({ loseReplies: { next: 2 } });
      // A refusal is answered: there is nothing to lose.
      await ada.expect(400, "POST", "/notes", {});
      for (const title of ["one", "two"]) {
        const response = await ada.ask("POST", "/notes", sealed({ encryptedTitle: title }));
        assert.equal(response.status, 502);
        assert.match(response.headers.get("Content-Type"), /^text\/html/);
        await response.arrayBuffer();
        await ada.notes();
      }
      assert.deepEqual((await ada.notes()).map(({ encryptedTitle }) => encryptedTitle), ["two", "one"]);
      await ada.makeNote();
    });

    it("break off the replies to writes that are carried out", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      await ada.setFaults({ breakReplies: { next: 1 } });
      const reply = ada.ask("PUT", `/notes/${id}`, { starred: true }).then((response) => response.text());
      await assert.rejects(reply);
      assert.equal((await ada.note(id)).starred, true);
      await ada.expect(200, "PUT", `/notes/${id}`, { starred: false });
    });

    it("refuse reads or writes with 503, and carry out nothing", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      await ada.setFaults({ refuseWrites: { next: 3 } });
      for (const [method, path] of [["POST", "/notes"], ["PUT", `/notes/${id}`], ["DELETE", `/notes/${id}`]]) {
        const response = await ada.ask(method, path, method === "DELETE" ? undefined : sealed());
        assert.equal(response.status, 503);
        assert.equal(response.headers.get("Retry-After"), "1");
        await response.arrayBuffer();
        assert.equal((await ada.notes())[0].deleted, false, "reads are answered");
      }
      assert.equal((await ada.notes()).length, 1);
      await ada.setFaults({ refuseReads: { next: 1, after: 1 } });
      await ada.notes();
      await ada.expect(503, "GET", `/notes/${id}`);
      await ada.expect(200, "PUT", `/notes/${id}`, { starred: true });
      assert.equal((await ada.note(id)).starred, true);
    });

    it("answer late what was carried out at once", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      const socket = await ada.connect();
      await ada.setFaults({ replyAfterMs: 60_000 });
      const abort = new AbortController();
      const headers = { Authorization: `Bearer ${ada.token}` };
      const url = `${server.origin}/typelets/api/notes/${id}`;
      const reply = fetch(url, { method: "PUT", body: '{"starred":true}', headers, signal: abort.signal }).then(() => "a reply", () => "none");
      let starred;
      // Over the socket: a read would be late as well.
      while (!starred) ({ starred } = (await socket.update(id, { archived: true })).updatedNote);
      abort.abort();
      assert.equal(await reply, "none");

      await ada.setFaults({ replyAfterMs: 300 });
      const sent = Date.now();
      await ada.note(id);
      assert.ok(Date.now() - sent >= 300);
      await closeAll(socket);
    });
  });

  describe("typelets: the switch", () => {
    it("is off until it is used, tells what it was set to, and counts down", async () => {
      const ada = await Writer.join(server);
      const { faults: none, awakeSince } = await ada.expect(200, "GET", "/faults");
      assert.ok(Math.abs(awakeSince - Date.now()) < 60_000);
      assert.deepEqual(await ada.setFaults({}), none);
      const asked = { loseReplies: { next: 1 }, dropRelays: { share: 0.5 }, dropSuccess: { next: 3, after: 2 }, plain: true };
      assert.deepEqual(await ada.setFaults(asked), { ...none, ...asked });
      assert.equal((await ada.ask("POST", "/folders", { name: "x" })).status, 502);
      assert.deepEqual((await ada.expect(200, "GET", "/faults")).faults, { ...none, ...asked, loseReplies: { next: 0 } });
      assert.deepEqual(await ada.setFaults({}), none);
    });

    it("is of one user", async () => {
      const [ada, eve] = [await Writer.join(server), await Writer.join(server)];
      const dose = { share: 1 };
      await ada.setFaults({ refuseWrites: dose, refuseReads: dose, refuseSockets: dose, loseReplies: dose, fullAt: 0 });
      const note = await eve.makeNote();
      assert.deepEqual(await eve.notes(), [note]);
      await closeAll(await eve.connect());
    });

    it("refuses what is no fault", async () => {
      const ada = await Writer.join(server);
      const doses = [1, true, null, {}, [], { share: 1.1 }, { share: -1 }, { share: "1" }, { next: 0 }, { next: 1.5 }, { next: 1001 }];
      const combined = [{ share: 1, next: 1 }, { share: 1, after: 1 }, { after: 1 }, { next: 1, after: -1 }, { next: 1, x: 1 }];
      const bad = [...doses, ...combined].map((dropRelays) => ({ dropRelays }));
      const others = [{ drop: 1 }, { constructor: 1 }, { plain: 1 }, { fullAt: 1001 }, { replyAfterMs: 60_001 }, { closeSockets: "true" }];
      for (const faults of [...bad, ...others]) await ada.expect(400, "POST", "/faults", faults);
      await ada.expect(405, "PUT", "/faults", {});
    });
  });
}
