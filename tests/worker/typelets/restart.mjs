import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bounded } from "../client.mjs";
import { closeAll, sealed, Writer } from "./client.mjs";

/** Prepares before {@link glintRestart} starts the server anew without the switch for faults, and looks afterwards. */
export function typeletsRestart(server) {
  const before = {};

  return {
    prepare: () =>
      describe("typelets: before a restart", () => {
        it("has notes, folders, sockets and faults", async () => {
          const ada = await Writer.join(server);
          const folder = await ada.makeFolder();
          const note = await ada.makeNote({ folderId: folder.id, tags: ["a"] });
          const socket = await ada.connect(note.id);
          const folders = await ada.expect(200, "GET", "/folders");
          await ada.setFaults({ plain: true, fullAt: 0, refuseWrites: { share: 1 }, refuseSockets: { share: 1 }, loseReplies: { next: 1000 } });
          Object.assign(before, { ada, note, socket, folders });
        });
      }),

    check: () =>
      describe("typelets: after a restart without FAULTS", () => {
        it("keeps notes and folders, and takes the tokens of before", async () => {
          const { ada, note, folders, socket } = before;
          await bounded("the socket's end", socket.closed);
          assert.deepEqual(await ada.notes(), [note]);
          assert.deepEqual(await ada.expect(200, "GET", "/folders"), folders);
        });

        it("is over with the faults, and has no route for them", async () => {
          const { ada } = before;
          await ada.makeNote();
          assert.match((await ada.expect(400, "POST", "/notes", sealed({ title: "plain" }))).error, /Title/);
          await ada.expect(404, "POST", "/faults", {});
          await ada.expect(404, "GET", "/faults");
        });

        it("lets sockets in anew, which have joined nothing yet", async () => {
          const { ada, note } = before;
          const [sender, other] = [await ada.connect(), await ada.connect()];
          await sender.update(note.id, { starred: true });
          assert.deepEqual(await other.received(), []);
          await other.join(note.id);
          await sender.update(note.id, { starred: false });
          assert.equal((await other.next()).type, "note_sync");
          await closeAll(sender, other);
        });
      }),
  };
}
