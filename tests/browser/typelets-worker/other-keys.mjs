import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rowKey, openNote, sealNote } from "../typelets/sealing.mjs";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 120_000 };
const SECRET = Buffer.alloc(64, "device secret").toString("base64");

export function otherKeys(browser, serverOf) {
  describe("a wrong master password", () => {
    it("shows notes as unreadable, says so, and sends nothing sealed", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const ids = [];
      for (const title of ["One", "Two"]) ids.push((await account.makeNote({ title })).id);
      const before = await account.rows();
      const device = await account.openDevice({ options: { masterPassword: "another one" } });
      await device.page.evaluate(() => connect("live"));
      await device.page.evaluate(() => until(() => codes().includes("key_mismatch")));
      const shown = await device.page.evaluate(() => sync.notes());
      assert.deepEqual(shown.map(({ id, unreadable, title, content }) => [id, unreadable, title, content]).sort(), ids.map((id) => [id, true, undefined, undefined]).sort());
      const told = await device.page.evaluate(() => errors.map(({ code, entityType, entityId }) => [code, entityType, entityId].join(" ").trim()));
      assert.deepEqual(told.sort(), [...ids.map((id) => `bad_seal note ${id}`), "key_mismatch"].sort());

      // What is not sealed goes on; what is waits. The star is pushed last, and everything else had its chance by then.
      const ended = await device.page.evaluate(async ([id]) => {
        globalThis.made = await sync.createNote({ title: "Sealed under the wrong key" });
        globalThis.edited = await sync.updateNote(id, { title: "New", content: "whole" });
        const folder = await acknowledged(sync.createFolder({ name: "Plain" }));
        return [folder, sync.status.pending];
      }, ids);
      assert.deepEqual(ended, ["confirmed", 2]);
      assert.deepEqual(device.wire.asked("POST PUT", /^\/notes/), []);
      assert.deepEqual(device.wire.sent("note_update"), []);
      await device.page.evaluate(() => sync.reconnect());
      await device.page.evaluate(() => until(() => sync.status.state === "live"));
      assert.equal(await device.page.evaluate(([id]) => acknowledged(sync.updateNote(id, { starred: true })), [ids[1]]), "confirmed");
      assert.deepEqual(device.wire.asked("POST PUT", /^\/notes/), []);
      const after = await account.rows();
      const gist = (rows) => rows.map(({ id, iv, encryptedTitle }) => [id, iv, encryptedTitle].join(" ")).sort();
      assert.deepEqual(gist(after), gist(before));

      // They can be taken back.
      assert.deepEqual(await device.page.evaluate(async () => [await made.cancel(), await edited.cancel(), sync.status.pending]), [true, true, 0]);
    });

    it("mended at the next start shows and sends all that is sealed under the right one", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      await account.makeNote({ title: "One", content: "text" });
      const device = await account.openDevice();
      await device.page.evaluate(async () => {
        globalThis.sync = await manager({ masterPassword: "another one" });
        sync.connect();
        await until(() => codes().includes("key_mismatch"));
        await sync.createNote({ title: "Of the wrong key" });
      });
      await device.reload();
      await device.page.evaluate(() => connect("live"));
      await device.page.evaluate(() => until(async () => (await titles()).includes("One")));
      assert.equal(await device.page.evaluate(() => acknowledged(sync.createNote({ title: "Of the right one" }))), "confirmed");
      assert.deepEqual((await account.notes()).map(({ title }) => title).sort(), ["Of the right one", "One"]);
    });

    it("of one row, which is another's, stops no other", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const { id } = await account.makeNote({ title: "Good" });
      const foreign = await account.writer.makeNote({}); // Random bytes: it opens under no key.
      const [device] = await account.openLive(1);
      assert.deepEqual(await device.page.evaluate(() => errors.map(({ code, entityId }) => [code, entityId])), [["bad_seal", foreign.id]]);
      assert.equal((await device.page.evaluate((id) => sync.get("note", id), foreign.id)).unreadable, true);
      assert.equal(await device.page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "Better" })), id), "confirmed");
      // Of a row that does not open one text alone cannot be saved; both can.
      await device.page.evaluate((id) => sync.updateNote(id, { title: "alone" }).then(() => until(() => refusals.length === 1)), foreign.id);
      assert.equal(await device.page.evaluate(async () => (await sync.discard(refusals[0].id), sync.status.wedged)), 0);
      assert.equal(await device.page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "both", content: "anew" })), foreign.id), "confirmed");
      assert.deepEqual((await account.notes()).map(({ title }) => title).sort(), ["Better", "both"]);
    });
  });

  describe("a device secret in place of a master password", () => {
    it("opens and seals each row under a key of its own", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const keyOf = (salt) => rowKey(account.id, SECRET, salt);
      const { id } = await account.writer.expect(201, "POST", "/notes", sealNote(keyOf, { title: "There", content: "text" }));
      const options = { masterPassword: undefined, deviceSecret: SECRET };
      const device = await account.openDevice({ options });
      await device.page.evaluate(() => connect("live", { masterPassword: undefined }));
      assert.deepEqual(await device.page.evaluate((id) => sync.get("note", id).then(({ title, content }) => [title, content]), id), ["There", "text"]);
      await device.page.evaluate(async (id) => {
        await acknowledged(sync.updateNote(id, { content: "edited" }));
        await acknowledged(sync.createNote({ title: "New" }));
      }, id);
      const rows = await account.rows();
      assert.deepEqual(rows.map((row) => openNote(keyOf, row)).map(({ title, content }) => `${title}|${content}`).sort(), ["New|", "There|edited"]);
      assert.deepEqual(await device.page.evaluate(() => codes()), []);
    });
  });

  describe("a server of plain text", () => {
    it("is spoken to with `content: \"plain\"`", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      await account.setFaults({ plain: true });
      const [one, other] = await account.openLive(2, { content: "plain", masterPassword: undefined });
      const id = await one.page.evaluate(async () => {
        const { entityId, acknowledged } = await sync.createNote({ title: "Plain", content: "text" });
        await acknowledged;
        return (await sync.get("note", entityId)).id;
      });
      await other.page.evaluate((id) => (sync.joinNote(id), until(async () => (await sync.get("note", id))?.title === "Plain")), id);
      await one.page.evaluate(async (id) => {
        await acknowledged(sync.updateNote(id, { title: "Plainer", starred: true }));
        await acknowledged(sync.updateNote(id, { content: "words" }));
      }, id);
      await other.page.evaluate((id) => until(async () => (await sync.get("note", id)).content === "words"), id);
      const [row] = await account.rows();
      assert.deepEqual([row.title, row.content, row.starred, row.iv ?? null], ["Plainer", "words", true, null]);
      await one.page.evaluate((id) => acknowledged(sync.deleteNote(id)), id);
      await other.page.evaluate((id) => until(async () => (await sync.get("note", id)) === undefined), id);
      for (const { page } of [one, other]) assert.deepEqual(await page.evaluate(() => codes()), []);
    });

    it("has a note once whose answer was lost", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      await account.setFaults({ plain: true });
      const [one] = await account.openLive(1, { content: "plain", masterPassword: undefined });
      await account.setFaults({ plain: true, loseReplies: { next: 1 } });
      assert.equal(await one.page.evaluate(() => acknowledged(sync.createNote({ title: "Once" }))), "confirmed");
      assert.deepEqual((await account.rows()).map(({ title }) => title), ["Once"]);
      assert.equal(one.wire.asked("POST", /^\/notes/).length, 1);
    });

    it("refuses nothing silently where it is one of sealed notes after all", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const [one] = await account.openLive(1, { content: "plain", masterPassword: undefined });
      await one.page.evaluate(() => sync.createNote({ title: "Plain" }).then(() => until(() => refusals.length === 1)));
      const [refusal] = await one.page.evaluate(() => refusals);
      assert.deepEqual([refusal.code, refusal.operation, refusal.data], ["refused", "create", undefined]);
      assert.ok(refusal.reason.length > 0);
      assert.deepEqual(await account.rows(), []);
    });
  });
}
