import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agree } from "./agreeing.mjs";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 150_000 };

export function conflicting(browser, serverOf) {
  describe("two editors of one note", () => {
    it("at the same moment: the last one counts, and one of them is told of both versions", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const { id } = await account.makeNote({ title: "Plan", content: "as it was" });
      const devices = await account.openLive(2);
      for (const { page } of devices) await page.evaluate((id) => (sync.joinNote(id), until(() => sync.joinedNotes.length === 1)), id);
      const versions = ["by one", "by the other"];
      await Promise.all(devices.map(({ page }, index) => page.evaluate(([id, content]) => acknowledged(sync.updateNote(id, { content })), [id, versions[index]])));
      const [note] = await agree(account, devices);
      assert.equal(note.title, "Plan");
      assert.ok(versions.includes(note.content), note.content);
      const told = (await Promise.all(devices.map(({ page }) => page.evaluate(() => conflicts)))).flat();
      assert.ok(told.length >= 1, "nobody was told");
      for (const { entityType, entityId, ours, theirs } of told) {
        assert.deepEqual([entityType, entityId], ["note", id]);
        assert.deepEqual([ours.title, theirs.title], ["Plan", "Plan"]);
        assert.deepEqual([ours.content, theirs.content].sort(), versions, "both versions");
      }
    });

    it("of whom one was away: the one that comes back overwrites, and is told what", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const { id } = await account.makeNote({ title: "Plan", content: "as it was" });
      const [away, there] = await account.openLive(2);
      for (const { page } of [away, there]) await page.evaluate((id) => sync.joinNote(id), id);
      await away.page.evaluate((id) => (sync.disconnect(), sync.updateNote(id, { content: "from afar" })), id);
      await there.page.evaluate((id) => acknowledged(sync.updateNote(id, { title: "Plan B", content: "meanwhile" })), id);
      await away.page.evaluate(() => (sync.connect(), settled()));
      const [note] = await agree(account, [away, there]);
      assert.deepEqual([note.title, note.content], ["Plan B", "from afar"]);
      const told = await away.page.evaluate(() => conflicts);
      assert.deepEqual(told, [{
        entityType: "note", entityId: id, ours: { title: "Plan B", content: "from afar" }, theirs: { title: "Plan B", content: "meanwhile" },
      }]);
    });

    it("who follow each other: the one that has seen what it edits is told nothing, the one that is overwritten within 30 s is", BOUND, async (t) => {
      const account = await openAccount(browser, t, serverOf());
      const { id } = await account.makeNote({ title: "Plan", content: "as it was" });
      const [first, second] = await account.openLive(2);
      for (const { page } of [first, second]) await page.evaluate((id) => sync.joinNote(id), id);
      await first.page.evaluate((id) => acknowledged(sync.updateNote(id, { content: "first" })), id);
      await second.page.evaluate((id) => until(async () => (await sync.get("note", id)).content === "first"), id);
      await second.page.evaluate((id) => acknowledged(sync.updateNote(id, { content: "second" })), id);
      await first.page.evaluate((id) => until(async () => (await sync.get("note", id)).content === "second"), id);
      await first.page.evaluate((id) => acknowledged(sync.updateNote(id, { starred: true })), id);
      await second.page.evaluate((id) => until(async () => (await sync.get("note", id)).starred), id);
      const told = await Promise.all([first, second].map(({ page }) => page.evaluate(() => conflicts)));
      const conflict = { entityType: "note", entityId: id, ours: { title: "Plan", content: "first" }, theirs: { title: "Plan", content: "second" } };
      assert.deepEqual(told, [[conflict], []]);
    });
  });
}
