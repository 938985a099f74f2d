import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Needles } from "../needles.mjs";
import { search, watch } from "../secrecy/places.mjs";
import { openAccount, PASSWORD } from "./devices.mjs";

const BOUND = { timeout: 120_000 };
const TEXTS = ["canary title Quetzalcoatl", "canary content Huitzilopochtli", "canary edit Tezcatlipoca", "canary waiting Tlaltecuhtli", "canary refused Coatlicue"];

export function secrecy(browser, serverOf) {
  describe("what is sealed", () => {
    it("is nowhere but in the page: not on its way, not at the server, not on the disk", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const device = await account.openDevice();
      const { places, look } = watch(device.context);
      const needles = new Needles();
      for (const text of [...TEXTS, PASSWORD]) needles.addText(text);
      needles.addBytes("key", account.key);
      for (const form of ["hex", "base64", "base64url"]) needles.addBytes("key", Buffer.from(account.key.toString(form).replace(/=+$/, "").slice(0, -1)));

      await device.reload();
      await device.page.evaluate(() => (globalThis.told = []));
      const id = await device.page.evaluate(async ([title, content, edit]) => {
        await connect("live");
        const { entityId, acknowledged } = await sync.createNote({ title, content });
        await acknowledged;
        await (await sync.updateNote(entityId, { content: edit })).acknowledged;
        await (await sync.updateNote(entityId, { title: `${title} again`, starred: true })).acknowledged;
        return (await sync.get("note", entityId)).id;
      }, TEXTS);
      await account.setFaults({ fullAt: 1 });
      await device.page.evaluate((title) => sync.createNote({ title }).then(() => until(() => refusals.length === 1)), TEXTS[4]);
      await look(device.page);
      await device.context.setOffline(true);
      await device.page.evaluate(async ([id, content]) => {
        await sync.updateNote(id, { content });
        await sync.createNote({ content });
      }, [id, TEXTS[3]]);
      await look(device.page);
      places.server = [JSON.stringify([await account.rows(), await account.folders()])];
      assert.ok(places.records.length > 0 && places.frames.length > 0 && places.requests.length > 0);
      assert.ok(places.requests.some((text) => String(text).includes("encryptedTitle")), "no saving was seen on its way");
      assert.deepEqual(search(places, needles), {});

      // That they could be found: in what the page shows they are.
      const shown = JSON.stringify(await device.page.evaluate(async () => [await sync.notes(), changes]));
      assert.deepEqual(search({ shown: [shown] }, needles), { shown: [...TEXTS].sort() });
    });
  });
}
