import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually } from "../poll.mjs";

export function together(story) {
  const { server, profiles } = story;
  /** An address of this server, because opening a bookmark really opens it. */
  const url = `${server.origin}/api/v1/sync/status`;

  describe("two browsers", () => {
    it("show what either adds, edits and deletes", async () => {
      for (const [author, reader, name] of [[story.first, story.second, "first"], [story.second, story.first, "second"]]) {
        const [added, edited] = [`Added by the ${name} browser`, `Edited by the ${name} browser`];
        await author.addBookmark(added, url);
        await reader.shows(added);
        await author.renameBookmark(added, edited);
        await reader.shows(edited);
        await reader.deleteBookmark(edited);
        await author.showsNoLonger(edited);
        assert.deepEqual([await author.rowCount(), await reader.rowCount()], [2000, 2000]);
      }
    });

    it("show a folder that either adds", async () => {
      await story.first.press("New folder");
      await story.first.page.getByLabel("Name", { exact: true }).fill("Folder of both browsers");
      await story.first.press("Save");
      await eventually("the folder in the second browser", async () => (await story.second.folders()).includes("Folder of both browsers"));
    });

    it("remember on both what one has opened", async () => {
      const title = "Opened in the first browser";
      await story.first.addBookmark(title, url);
      const opening = profiles[0].context.waitForEvent("page");
      await story.first.row(title).getByRole("link").click();
      await (await opening).close();

      await story.second.press("Recently opened");
      const recent = story.second.page.getByRole("list", { name: "Recently opened" });
      await recent.getByText(title).waitFor();
      await story.second.showAll();
    });
  });
}
