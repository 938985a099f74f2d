import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually } from "../poll.mjs";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 120_000 };

export function joining(browser, serverOf) {
  const open = async (t, { count = 2, ...options } = {}) => {
    const account = await openAccount(browser, t, serverOf());
    const ids = [];
    for (let made = 0; made < count; made++) ids.push((await account.makeNote({ title: `Note ${made}` })).id);
    const [device, other] = [await account.openDevice({ options }), await account.openDevice()];
    for (const { page } of [device, other]) await page.evaluate(() => connect("live"));
    return { account, ids, device, other };
  };
  const joins = ({ wire }, count) => eventually("the joins", () => wire.received("note_joined").length + wire.received("note_left").length, { until: (seen) => seen === count });

  describe("joinNote", () => {
    it("leaves the note that was joined before", BOUND, async (t) => {
      const { ids, device, other } = await open(t);
      await device.page.evaluate((id) => sync.joinNote(id), ids[0]);
      await joins(device, 1);
      assert.deepEqual(await device.page.evaluate(() => [sync.joinedNotes, sync.joinedNotes === sync.joinedNotes]), [[ids[0]], true]);
      await device.page.evaluate((id) => sync.joinNote(id), ids[1]);
      await joins(device, 3);
      assert.deepEqual(await device.page.evaluate(() => sync.joinedNotes), [ids[1]]);
      for (const id of ids) await other.page.evaluate((id) => acknowledged(sync.updateNote(id, { starred: true })), id);
      await device.page.evaluate((id) => until(async () => (await sync.get("note", id)).starred), ids[1]);
      // The first was changed before the second, of which it has heard.
      assert.deepEqual(await device.page.evaluate(() => events.map(({ noteId }) => noteId)), [ids[1]]);
      assert.deepEqual(device.wire.received("note_sync").map(({ noteId }) => noteId), [ids[1]]);
      await device.page.evaluate((id) => sync.leaveNote(id), ids[1]);
      await joins(device, 4);
      assert.deepEqual(await device.page.evaluate(() => sync.joinedNotes), []);
    });

    it("leaves none with `keepJoins`", BOUND, async (t) => {
      const { ids, device, other } = await open(t, { keepJoins: true, count: 3 });
      await device.page.evaluate((ids) => ids.forEach((id) => sync.joinNote(id)), ids);
      await joins(device, 3);
      assert.deepEqual(await device.page.evaluate(() => sync.joinedNotes), ids);
      await device.page.evaluate((id) => sync.leaveNote(id), ids[1]);
      await joins(device, 4);
      assert.deepEqual(await device.page.evaluate(() => sync.joinedNotes), [ids[0], ids[2]]);
      for (const id of ids) await other.page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "edited" })), id);
      await device.page.evaluate((id) => until(async () => (await sync.get("note", id)).title === "edited"), ids[2]);
      assert.deepEqual(await device.page.evaluate(() => events.map(({ noteId }) => noteId)), [ids[0], ids[2]]);
    });

    it("holds on the next socket", BOUND, async (t) => {
      const { account, ids, device, other } = await open(t, { keepJoins: true });
      await device.page.evaluate((ids) => ids.forEach((id) => sync.joinNote(id)), ids);
      await joins(device, 2);
      await account.setFaults({ closeSockets: true });
      await joins(device, 4);
      const perSocket = device.wire.frames.filter(({ payload }) => payload.type === "join_note").map(({ socket, payload }) => `${socket} ${payload.noteId}`);
      assert.deepEqual(perSocket.sort(), [0, 1].flatMap((socket) => ids.map((id) => `${socket} ${id}`)).sort());
      await other.page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "after" })), ids[0]);
      await device.page.evaluate((id) => until(async () => (await sync.get("note", id)).title === "after", 10_000), ids[0]);
      assert.equal(device.wire.received("note_sync").length, 1);
    });

    it("takes a note that the server does not know yet, and joins it when it does", BOUND, async (t) => {
      const { account, device, other } = await open(t, { count: 0 });
      const id = await device.page.evaluate(async () => {
        const { entityId, acknowledged } = await sync.createNote({ title: "New" });
        sync.joinNote(entityId);
        globalThis.joinedAs = entityId;
        await acknowledged;
        return (await sync.get("note", entityId)).id;
      });
      await joins(device, 1);
      assert.deepEqual(device.wire.sent("join_note").map(({ noteId }) => noteId), [id]);
      assert.deepEqual(await device.page.evaluate(() => sync.joinedNotes[0] === joinedAs), true);
      await other.page.evaluate((id) => until(async () => (await sync.get("note", id)) !== undefined), id);
      await other.page.evaluate((id) => acknowledged(sync.updateNote(id, { content: "heard" })), id);
      await device.page.evaluate(() => until(async () => (await sync.get("note", joinedAs)).content === "heard", 10_000));
      assert.equal((await account.notes())[0].content, "heard");
    });

    it("of a note that there is not is told, and stops nothing", BOUND, async (t) => {
      const { ids, device } = await open(t, { keepJoins: true, count: 1 });
      await device.page.evaluate(([id]) => (sync.joinNote("nowhere"), sync.joinNote(id)), ids);
      await joins(device, 1);
      await device.page.evaluate(() => until(() => errors.length > 0));
      assert.deepEqual(await device.page.evaluate(() => errors.map(({ code, detail }) => [code, detail])), [["server_error", device.wire.received("error")[0].message]]);
      assert.equal(await device.page.evaluate(([id]) => acknowledged(sync.updateNote(id, { starred: true })), ids), "confirmed");
    });

    it("is of at most 100 notes, the latest", BOUND, async (t) => {
      const { device } = await open(t, { keepJoins: true, count: 0 });
      const joined = await device.page.evaluate(() => {
        sync.disconnect();
        for (let note = 0; note < 103; note++) sync.joinNote(`note_${note}`);
        return sync.joinedNotes;
      });
      assert.deepEqual(joined, Array.from({ length: 100 }, (_, index) => `note_${index + 3}`));
    });
  });

  describe("what the server tells of", () => {
    it("comes to listeners with the note opened, and nothing sealed", BOUND, async (t) => {
      const { ids: [id], device, other } = await open(t, { count: 1 });
      await device.page.evaluate((id) => sync.joinNote(id), id);
      await joins(device, 1);
      await other.page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "Opened", content: "for all" })), id);
      await device.page.evaluate(() => until(() => events.length === 1));
      const [message] = await device.page.evaluate(() => events);
      assert.deepEqual([message.type, message.noteId, message.updatedNote.title, message.updatedNote.content], ["note_sync", id, "Opened", "for all"]);
      assert.deepEqual([message.updatedNote.entityType, message.updatedNote.key, message.updatedNote.pending], ["note", id, false]);
      for (const name of ["encryptedTitle", "encryptedContent", "iv", "salt"]) assert.ok(!(name in message.updatedNote) && !(name in message.changes), name);
    });

    it("comes to the callbacks that stand among the options", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const { id } = await account.makeNote({ title: "There" });
      const [device, other] = [await account.openDevice(), await account.openDevice()];
      await other.page.evaluate(() => connect("live"));
      await device.page.evaluate(async (id) => {
        globalThis.told = [];
        const tell = (name) => (argument) => told.push([name, argument]);
        await connect("live", {
          onNoteSync: tell("sync"), onNoteCreatedSync: tell("created"), onNoteDeletedSync: tell("deleted"), onError: tell("error"), onAuthenticated: tell("authenticated"),
        });
        sync.joinNote(id);
      }, id);
      await joins(device, 1);
      const newId = await other.page.evaluate(async (id) => {
        await acknowledged(sync.updateNote(id, { starred: true }));
        const { entityId, acknowledged: made } = await sync.createNote({ title: "New" });
        await made;
        await acknowledged(sync.deleteNote(entityId));
        return (await sync.receipt("none"), entityId);
      }, id);
      assert.ok(newId);
      await account.setFaults({ closeSockets: true });
      await device.page.evaluate(() => until(() => told.length === 6));
      const told = await device.page.evaluate(() => told);
      assert.deepEqual(told.map(([name]) => name), ["authenticated", "sync", "created", "deleted", "error", "authenticated"]);
      assert.deepEqual([told[0][1], told[1][1].updatedNote.starred, told[4][1].code, told[5][1]], [account.id, true, "connection_lost", account.id]);
    });

    it("of folders comes too", BOUND, async (t) => {
      const { device, other } = await open(t, { count: 0 });
      await other.page.evaluate(async () => {
        const { entityId, acknowledged: made } = await sync.createFolder({ name: "One" });
        await made;
        await acknowledged(sync.updateFolder(entityId, { name: "Two" }));
        globalThis.folderId = entityId;
      });
      await device.page.evaluate(() => until(async () => (await sync.folders())[0]?.name === "Two"));
      await other.page.evaluate(() => acknowledged(sync.deleteFolder(folderId)));
      await device.page.evaluate(() => until(async () => (await sync.folders()).length === 0));
      assert.deepEqual(await device.page.evaluate(() => events.map(({ type }) => type)), ["folder_created_sync", "folder_updated_sync", "folder_deleted_sync"]);
    });
  });

  describe("signed frames", () => {
    for (const ahead of [0, 600_000]) {
      it(`are taken, also where the device's clock is ${ahead / 60_000} minutes ahead`, BOUND, async (t) => {
        const account = await openAccount(browser, t, serverOf());
        const { id } = await account.makeNote({ title: "There" });
        const [device, other] = [await account.openDevice({ options: { sign: true } }), await account.openDevice()];
        await device.context.addInitScript((ahead) => {
          const now = Date.now.bind(Date);
          Date.now = () => now() + ahead;
        }, ahead);
        await device.reload();
        await other.page.evaluate(() => connect("live"));
        await device.page.evaluate((id) => connect("live").then(() => sync.joinNote(id)), id);
        await joins(device, 1);
        const outcomes = await device.page.evaluate(async (id) => {
          const outcomes = [await acknowledged(sync.updateNote(id, { starred: true }))];
          outcomes.push(await acknowledged(sync.updateNote(id, { title: 'Quoted "é" \u2028 ☕' })));
          outcomes.push(await acknowledged(sync.createNote({ title: "New" })));
          outcomes.push(await acknowledged(sync.createFolder({ name: 'Folder "ü" \u2029 \\' })));
          return outcomes;
        }, id);
        assert.deepEqual(outcomes, Array(4).fill("confirmed"));
        await other.page.evaluate(() => until(() => events.length === 2));
        assert.deepEqual(device.wire.received("error"), []);
        const sent = device.wire.frames.filter(({ way }) => way === "sent").map(({ payload, isSigned }) => `${payload.type} ${isSigned}`);
        assert.deepEqual([...new Set(sent)].sort(), ["auth false", "folder_created true", "join_note true", "note_created true", "note_update true", "ping false"]);
        await account.setFaults({ closeSockets: true });
        await joins(device, 2);
        assert.equal(await device.page.evaluate((id) => acknowledged(sync.updateNote(id, { starred: false })), id), "confirmed");
        assert.deepEqual(device.wire.received("error"), []);
      });
    }
  });
}
