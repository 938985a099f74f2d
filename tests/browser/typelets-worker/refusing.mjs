import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 120_000 };

export function refusing(browser, serverOf) {
  /** A page whose account has room for one note, which is there. */
  const openFull = async (t) => {
    const account = await openAccount(browser, t, serverOf());
    await account.makeNote({ title: "There" });
    await account.setFaults({ fullAt: 1 });
    const device = await account.openDevice();
    await device.page.evaluate(() => connect("live"));
    return { account, device, page: device.page };
  };

  describe("what the server refuses", () => {
    it("is told and kept with what depends on it, and is sent again as the app decides", BOUND, async (t) => {
      const { account, device, page } = await openFull(t);
      const ids = await page.evaluate(async () => {
        const made = await sync.createNote({ id: "new_1", title: "Too many" });
        const edited = await sync.updateNote("new_1", { title: "Still" });
        globalThis.ended = Promise.all([made.acknowledged, edited.acknowledged]);
        await until(() => sync.status.wedged >= 1 && sync.status.pending === 0);
        return [made.id, edited.id];
      });
      const [first] = await page.evaluate(() => refusals);
      assert.deepEqual([first.id, first.entityType, first.entityId, first.operation, first.code, first.data], [ids[0], "note", "new_1", "create", "refused", undefined]);
      assert.match(first.reason, /limit|plan|upgrade/i);
      const wedged = await page.evaluate(() => sync.wedged());
      assert.equal(wedged[0].id, ids[0]);
      for (const { id, code, blockedBy } of wedged.slice(1)) assert.deepEqual([id, code, blockedBy], [ids[1], "blocked_by", ids[0]]);
      assert.deepEqual(await page.evaluate(() => titles()), ["There"]);
      assert.equal(device.wire.asked("POST", /^\/notes/).length, 1);

      await account.setFaults({});
      assert.equal(await page.evaluate((id) => sync.retry(id), ids[0]), true);
      assert.deepEqual((await page.evaluate(() => ended)).filter((outcome) => !["confirmed", "superseded"].includes(outcome)), []);
      assert.deepEqual(await page.evaluate(async () => [await titles(), await sync.wedged(), sync.status.wedged]), [["Still", "There"], [], 0]);
      assert.deepEqual((await account.notes()).map(({ title }) => title).sort(), ["Still", "There"]);
    });

    it("is given up as the app decides, and its receipts say so", BOUND, async (t) => {
      const { account, page } = await openFull(t);
      const outcome = await page.evaluate(async () => {
        const { id, acknowledged } = await sync.createNote({ title: "Too many" });
        await until(() => refusals.length === 1);
        if (!(await sync.discard(id))) throw new Error("there was none");
        return [await acknowledged, await sync.discard(id), await sync.retry("unknown"), await sync.wedged(), await titles()];
      });
      assert.deepEqual(outcome, ["discarded", false, false, [], ["There"]]);
      assert.equal((await account.rows()).length, 1);
    });

    it("is known after a reload, and so are receipts", BOUND, async (t) => {
      const { account, device, page } = await openFull(t);
      const ids = await page.evaluate(async () => {
        const refused = await sync.createNote({ title: "Too many" });
        await until(() => refusals.length === 1);
        const confirmed = await sync.createFolder({ name: "Folder" });
        await confirmed.acknowledged;
        sync.disconnect();
        const waiting = await sync.createFolder({ name: "Waits" });
        const taken = await sync.createFolder({ name: "Taken back" });
        if (!(await taken.cancel())) throw new Error("not taken back");
        return { refused: refused.id, confirmed: confirmed.id, waiting: waiting.id, taken: taken.id };
      });
      await device.reload();
      const before = await page.evaluate(async ({ refused, confirmed, taken }) => {
        globalThis.sync = await manager();
        const outcome = async (id) => (await sync.receipt(id))?.acknowledged;
        return [(await sync.wedged()).map(({ id, reason }) => [id, reason.length > 0]), await outcome(confirmed), await outcome(taken), await sync.receipt("unknown"), sync.status.wedged, refused];
      }, ids);
      assert.deepEqual(before.slice(0, 5), [[[ids.refused, true]], "confirmed", "cancelled", undefined, 1]);
      await account.setFaults({});
      const after = await page.evaluate(async ({ refused, waiting }) => {
        sync.connect();
        await sync.retry(refused);
        return Promise.all([refused, waiting].map(async (id) => (await sync.receipt(id)).acknowledged));
      }, ids);
      assert.deepEqual(after, ["confirmed", "confirmed"]);
      assert.deepEqual((await account.notes()).map(({ title }) => title).sort(), ["There", "Too many"]);
      assert.deepEqual((await account.folders()).map(({ name }) => name).sort(), ["Folder", "Waits"]);
    });

    it("of a folder that is not empty, or a note that is gone, is told too", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const { id: folderId } = await account.writer.makeFolder("Full");
      const { id } = await account.makeNote({ title: "In it", folderId });
      const { id: goneId } = await account.makeNote({ title: "Gone" });
      const [device] = await account.openLive(1);
      await account.writer.expect(200, "DELETE", `/notes/${goneId}`);
      await account.writer.expect(200, "DELETE", "/notes/empty-trash");
      const told = await device.page.evaluate(async ([folderId, goneId]) => {
        await sync.deleteFolder(folderId);
        await sync.updateNote(goneId, { title: "Edited" });
        await until(() => refusals.length === 2);
        return refusals.map(({ entityType, entityId, operation, code, data }) => [entityType, entityId, operation, code, data?.name]);
      }, [folderId, goneId]);
      assert.deepEqual(told, [["folder", folderId, "delete", "refused", "Full"], ["note", goneId, "update", "refused", undefined]]);
      await device.page.evaluate(([id]) => until(async () => (await sync.folders()).length === 1 && (await sync.get("note", id)) === undefined), [goneId]);
      assert.equal(await device.page.evaluate((id) => acknowledged(sync.updateNote(id, { folderId: null })), id), "confirmed");
      assert.equal(await device.page.evaluate((id) => sync.retry(id), await device.page.evaluate(() => refusals[0].id)), true);
      await device.page.evaluate(() => settled());
      assert.deepEqual([await account.folders(), await device.page.evaluate(() => sync.folders())], [[], []]);
    });
  });

  describe("forget", () => {
    it("wipes the device, and nothing of the server", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      await account.makeNote({ title: "There" });
      const device = await account.openDevice();
      const { page } = device;
      await page.evaluate(() => connect("live"));
      await page.evaluate(async () => {
        sync.disconnect();
        await sync.createNote({ title: "Waits" });
        await sync.forget();
      });
      assert.equal(await page.evaluate(() => codeOf(() => sync.createNote({ title: "Late" }))), "closed");
      assert.deepEqual(await page.evaluate(async () => [(await indexedDB.databases()).map(({ name }) => name).filter((name) => name.includes("typelets")), Object.keys(localStorage)]), [[], []]);
      await device.reload();
      await page.evaluate(() => connect("live"));
      assert.deepEqual(await page.evaluate(() => titles()), ["There"]);
      assert.deepEqual((await account.notes()).map(({ title }) => title), ["There"]);
    });
  });
}
