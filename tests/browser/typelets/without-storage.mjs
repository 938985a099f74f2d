import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Needles } from "../needles.mjs";
import { prepare } from "./page.mjs";
import { masterKey, openNote } from "./sealing.mjs";
import { openTypeletsPage, USER } from "./server.mjs";

const BOUND = { timeout: 90_000 };
const TITLE = "canary title Quetzalcoatl";
const EDIT = "canary edit Tezcatlipoca";

export function withoutStorage(browser) {
  describe("without IndexedDB", () => {
    it("what waits lies sealed in localStorage, over a reload, until it is sent or forgotten", BOUND, async (t) => {
      const damage = () => delete Object.getPrototypeOf(globalThis).indexedDB && delete globalThis.indexedDB;
      const { server, page, reload } = await openTypeletsPage(browser, t, prepare, { damage });
      const needles = new Needles();
      for (const text of [TITLE, EDIT]) needles.addText(text);
      const kept = () => page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]));
      const durabilities = await page.evaluate(async ([title, content]) => {
        globalThis.sync = await manager();
        const made = await sync.createNote({ id: "mine", title });
        const edited = await sync.updateNote("mine", { content });
        return [made.durability, edited.durability, sync.status.storage];
      }, [TITLE, EDIT]);
      assert.deepEqual(durabilities, ["relaxed", "relaxed", "localstorage"]);
      assert.ok((await kept()).length > 100, "nothing is kept");
      assert.deepEqual(needles.foundIn(Buffer.from(await kept())), []);
      await reload();
      await page.evaluate(async () => {
        await connect("live");
        await settled();
      });
      assert.deepEqual([...server.notes.values()].map((row) => openNote(masterKey(USER, "horse"), row)), [{ title: TITLE, content: EDIT }]);
      assert.deepEqual(needles.foundIn(Buffer.from(await kept())), []);
      await page.evaluate(() => sync.forget());
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    });
  });
}
