import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually } from "../poll.mjs";

const URL_OF_BOOKMARK = "https://example.org/";

export function offline(story) {
  const { server } = story;

  /** Both show the same bookmarks, which are those at the top of the list and their number. */
  async function showTheSame() {
    const shown = (demo) => demo.page.getByTestId("bookmark-row").allInnerTexts();
    await eventually("the same lists in both browsers", async () => {
      const [first, second] = await Promise.all([shown(story.first), shown(story.second)]);
      return JSON.stringify(first) === JSON.stringify(second) && (await story.first.rowCount()) === (await story.second.rowCount());
    });
  }

  describe("offline", () => {
    it("keeps edits over a reload, and sends them afterwards", async () => {
      const { first, second } = story;
      const before = await first.rowCount();
      await first.addBookmark("Edited while offline", URL_OF_BOOKMARK);
      await second.shows("Edited while offline");

      await first.setOffline(true);
      await first.addBookmark("Added offline", URL_OF_BOOKMARK);
      await first.renameBookmark("Edited while offline", "Renamed offline");
      await second.addBookmark("Added meanwhile", URL_OF_BOOKMARK);
      await first.reload();
      assert.equal(await first.state(), "idle", "the switch is remembered");
      assert.equal(await first.pending(), 2);
      await first.shows("Added offline");
      await first.shows("Renamed offline");

      await first.setOffline(false);
      await first.isSettled();
      await first.shows("Added meanwhile");
      await second.shows("Added offline");
      await second.shows("Renamed offline");
      assert.equal(await second.rowCount(), before + 3);
      await showTheSame();
    });

    it("loses nothing while the server is away and comes back", { timeout: 120_000 }, async () => {
      const { first, second } = story;
      const before = await first.rowCount();
      await first.setOffline(true);
      await first.addBookmark("Added by switch, before the server went", URL_OF_BOOKMARK);

      const restarted = server.restart();
      await eventually("the loss of the connection", async () => (await second.state()) !== "live");
      await second.addBookmark("Added without a server", URL_OF_BOOKMARK);
      assert.equal(await second.pending(), 1);
      await restarted;

      await first.reload();
      assert.equal(await first.pending(), 1);
      await first.setOffline(false);
      // By themselves: nobody presses "Try now".
      await Promise.all([first.isSettled(), second.isSettled()]);
      await first.shows("Added without a server");
      await second.shows("Added by switch, before the server went");
      assert.equal(await first.rowCount(), before + 2);
      await showTheSame();
    });
  });
}
