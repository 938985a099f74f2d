import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closeAll, Writer } from "./client.mjs";

export function typeletsSocketFaults(server) {
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
}
