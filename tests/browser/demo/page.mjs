import assert from "node:assert/strict";
import { describe, it } from "node:test";

/** Has to come last: it looks back on the whole story. */
export function page(story) {
  const { server, profiles } = story;

  describe("the page", () => {
    it("takes `/` to the search, which filters the list", async () => {
      const { page } = story.first;
      await page.locator("body").press("/");
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Search bookmarks");
      await page.keyboard.type("Renamed offline");
      await story.first.hasRows(1);
      await page.keyboard.press("Escape");
    });

    it("is worked by the keyboard: a dialog takes the focus, and Escape gives it back", async () => {
      const { page } = story.first;
      await page.getByRole("button", { name: "Add bookmark" }).focus();
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.closest("dialog") !== null), true);
      await story.first.closeDialog();
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Add bookmark");
    });

    it("put nothing into the console, its content policy's complaints included", () => {
      for (const { problems } of profiles) assert.deepEqual(problems, []);
    });

    it("asked nobody but its own server", () => {
      for (const { requests } of profiles) {
        assert.ok(requests.length > 0);
        const asked = requests.filter((url) => !url.startsWith("data:") && !url.startsWith("blob:"));
        assert.deepEqual([...new Set(asked.map((url) => new URL(url).origin))], [server.origin]);
      }
    });

    it("may ask nobody else: its content policy refuses", async () => {
      const page = await profiles[0].context.newPage();
      await page.goto(server.origin);
      const refused = await page.evaluate(() => {
        const violation = new Promise((resolve) => document.addEventListener("securitypolicyviolation", resolve));
        fetch("http://127.0.0.1:9/").catch(() => {});
        return violation.then(({ effectiveDirective }) => effectiveDirective);
      });
      assert.equal(refused, "connect-src");
      await page.close();
    });
  });
}
