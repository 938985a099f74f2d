import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Demo } from "../demo.mjs";

export function joining(story) {
  const { server, profiles } = story;

  describe("joining", () => {
    it("makes an account, and a link that brings it to a second browser", async () => {
      story.first = await Demo.createAccount(profiles[0].page, server.origin);
      const link = await story.first.link();
      assert.ok(link.startsWith(`${server.origin}/#join=`));

      story.second = await Demo.join(profiles[1].page, link);
      assert.deepEqual(await story.second.account(), await story.first.account());
    });

    it("takes the link's fragment out of the address bar and of the history", async () => {
      const { page } = profiles[1];
      assert.equal(page.url(), `${server.origin}/`);
      const session = await page.context().newCDPSession(page);
      const { entries } = await session.send("Page.getNavigationHistory");
      assert.deepEqual(entries.filter(({ url }) => url.includes("join")), []);
      await session.detach();
    });

    it("says of a damaged link that it is damaged", async () => {
      const link = await story.first.link();
      const page = await profiles[1].context.newPage();
      await page.goto(link.slice(0, -3));
      assert.match(await page.getByRole("alert").innerText(), /damaged/);
      await page.close();
    });
  });
}
