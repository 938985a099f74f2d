import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Demo } from "../demo.mjs";
import { eventually, is } from "../poll.mjs";

const URL_OF_BOOKMARK = "https://example.org/";

export function tabs(story) {
  const { server, profiles } = story;

  describe("a second tab of the first browser", () => {
    let tab;

    it("says in words that it follows the first", async () => {
      tab = new Demo(await profiles[0].context.newPage());
      await tab.page.goto(server.origin);
      await eventually("a tab that follows", () => tab.state(), { until: is("following") });
      assert.match(await tab.page.getByTestId("status").innerText(), /^Another tab of this browser is connected; this one follows it\. Nothing waits/);
      assert.equal(await tab.rowCount(), await story.first.rowCount());
    });

    it("adds, edits and deletes, and its marks say what waits", async () => {
      const marked = () => tab.page.locator('[data-testid="bookmark-row"][data-pending="true"]').count();
      await tab.addBookmark("Added in the second tab", URL_OF_BOOKMARK);
      await story.first.shows("Added in the second tab");
      await story.second.shows("Added in the second tab");
      await eventually("the end of all marks", marked, { until: is(0) });

      await story.second.renameBookmark("Added in the second tab", "Edited in the second browser");
      await tab.shows("Edited in the second browser");
      await story.first.setOffline(true);
      await tab.renameBookmark("Edited in the second browser", "Edited offline");
      await story.first.shows("Edited offline");
      for (const demo of [tab, story.first]) {
        assert.equal(await demo.row("Edited offline").getAttribute("data-pending"), "true");
        assert.equal(await demo.pending(), 1);
      }
      await story.first.setOffline(false);
      await story.second.shows("Edited offline");
      for (const demo of [tab, story.first]) await eventually("the end of all waiting", () => demo.pending(), { until: is(0) });
      await eventually("the end of all marks", marked, { until: is(0) });
    });

    it("shows what the server holds, as it changes", async () => {
      const panel = await tab.serverPanel(story.entities.length);
      const newest = () => panel.getByTestId("server-row").first().innerText();
      await story.second.deleteBookmark("Edited offline");
      await tab.showsNoLonger("Edited offline");
      await eventually("the row of the delete", newest, { until: (text) => text.startsWith("bookmark delete") });
      await tab.press("Close the server panel");
    });

    it("takes over when the first goes", async () => {
      await story.first.page.close();
      await tab.isLive();
      story.first = tab;
    });
  });
}
