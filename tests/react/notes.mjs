import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findings } from "../browser/accessible.mjs";
import { eventually, is } from "../browser/poll.mjs";
import { prepare } from "../browser/typelets/page.mjs";
import { masterKey, sealNote } from "../browser/typelets/sealing.mjs";
import { openTypeletsPage, USER } from "../browser/typelets/server.mjs";
import { bundle } from "./bundle.mjs";

const BOUND = { timeout: 90_000 };
const key = masterKey(USER, "horse");

export function notes(browser, version) {
  const open = async (t, options) => {
    const opened = await openTypeletsPage(browser, t, prepare);
    const { id } = opened.server.add(sealNote(key, { title: "There", content: "text" }));
    await opened.page.addScriptTag({ content: await bundle("notes", version) });
    await opened.page.evaluate((options) => void (globalThis.unmount = react.mount(async () => (globalThis.sync = await manager()), options)), options);
    const shows = (locator, text) => eventually(`${text} in ${locator}`, () => opened.page.locator(locator).innerText(), { until: is(text) });
    return { id, shows, titles: () => opened.page.locator("li").allInnerTexts(), ...opened };
  };

  describe(`useNotes of React ${version}`, () => {
    it("is in sync by itself, creates, updates, deletes, and joins what is selected", BOUND, async (t) => {
      const { id, server, page, shows, titles } = await open(t);
      await shows("#word", "authenticated");
      await eventually("the note", titles, { until: (titles) => titles.join() === "There" });
      assert.deepEqual(await page.evaluate(() => react.told), [`authenticated ${USER}`]);
      await page.evaluate((id) => react.view().selectNote(id), id);
      await shows("#selected", "There");
      await shows("#joined", "1");
      await server.heard("join_note");

      const { entityId } = await page.evaluate(() => react.view().createNote({ title: "New" }));
      await eventually("the new one first", titles, { until: (titles) => titles.join() === "New,There" });
      await page.evaluate((id) => react.view().selectNote(id), entityId);
      await shows("#selected", "New");
      await server.heard("leave_note");
      await page.evaluate(() => settled());
      await page.evaluate((id) => react.view().updateNote(id, { title: "Newer" }), entityId);
      await shows("#selected", "Newer"); // Under the temporary id.
      await page.evaluate(() => settled());
      await page.evaluate((id) => react.view().deleteNote(id), entityId);
      await page.evaluate(() => settled());
      assert.equal([...server.notes.values()].filter(({ deleted }) => deleted).length, 1);
    });

    it("tells of other devices' edits, and of errors until they are cleared", BOUND, async (t) => {
      const { id, server, page, shows } = await open(t);
      await shows("#word", "authenticated");
      await page.evaluate((id) => react.view().selectNote(id), id);
      await server.heard("join_note");
      Object.assign(server.notes.get(id), sealNote(key, { title: "Theirs", content: "text" }), { updatedAt: new Date().toISOString() });
      server.tell({ type: "note_sync", noteId: id, changes: {}, updatedNote: server.notes.get(id), timestamp: Date.now(), fromUserId: USER });
      await shows("#selected", "Theirs");
      await eventually("the callback", () => page.evaluate(() => react.told), { until: (told) => told.includes(`sync ${id}`) });
      server.tell("no JSON");
      await eventually("the callback", () => page.evaluate(() => react.told), { until: (told) => told.includes("error bad_frame") });
      assert.match(await page.evaluate(() => react.view().webSocket.error), /no message of its protocol/);
      await page.evaluate(() => react.view().webSocket.clearError());
      assert.equal(await page.evaluate(() => until(() => react.view().webSocket.error === null).then(() => react.view().webSocket.error)), null);
    });

    it("connects only when it is asked to where autoConnect is false", BOUND, async (t) => {
      const { server, page, shows } = await open(t, { connect: false });
      await shows("#word", "disconnected");
      assert.equal(server.dialled, 0);
      await page.evaluate(() => react.view().webSocket.connect());
      await shows("#word", "authenticated");
      await page.evaluate(() => react.view().webSocket.disconnect());
      await shows("#word", "disconnected");
      await page.evaluate(() => react.view().webSocket.reconnect());
      await shows("#word", "authenticated");
    });

    it("shows a page without a finding of axe, with the details open as well", BOUND, async (t) => {
      const { page, shows } = await open(t);
      await shows("#word", "authenticated");
      await page.addStyleTag({ path: "pkg/react.css" });
      await page.evaluate(() => {
        document.title = "Notes";
        document.documentElement.lang = "en";
        Object.assign(document.documentElement.style, { colorScheme: "light dark", background: "Canvas" });
      });
      assert.deepEqual(await findings(page), []);
      await page.getByRole("button", { name: "Details" }).click();
      assert.deepEqual(await findings(page), []);
    });
  });
}
