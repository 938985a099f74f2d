import assert from "node:assert/strict";
import { describe, it } from "node:test";

const ROWS = 2000 + 34;

export function panel(story) {
  describe("the server panel", () => {
    it("shows metadata and ciphertext", async () => {
      const opened = await story.second.serverPanel(ROWS);
      const rows = opened.getByTestId("server-row");
      const texts = await rows.allInnerTexts();
      assert.equal(texts.length, 50);
      for (const text of texts) {
        assert.match(text, /^(bookmark|history|group) (create|update|delete)\s.+ B\s+\S+\s+AA?[A-Za-z0-9+/]{60,}…$/su);
      }
      story.entities = await rows.evaluateAll((elements) => elements.map((element) => element.dataset.entity));
      const types = new Set(story.entities.map((entity) => entity.split("/")[0]));
      assert.deepEqual([...types].sort(), ["bookmark", "group", "history"], "the newest rows are of all three types");
      const bytes = Number(await opened.getByTestId("server-bytes").getAttribute("value"));
      // Each sealed body has a prefix of 45 bytes and a tag of 16.
      assert.ok(bytes > ROWS * (45 + 16), `${bytes} bytes`);
    });

    it("shows no title that is in the list", async () => {
      const text = await story.second.page.getByTestId("server-panel").innerText();
      assert.ok(!text.includes("Opened in the first browser"));
      await story.second.press("Close the server panel");
    });
  });
}
