import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Demo } from "../demo.mjs";

export function joining(story) {
  const { server, profiles } = story;

  describe("joining", () => {
    it("makes an account, and a link with a code that bring it to a second browser", async () => {
      story.first = await Demo.createAccount(profiles[0].page, server.origin);
      story.recoveryCode = story.first.recoveryCode;
      assert.match(story.recoveryCode, /^[a-z]{3,8}( [a-z]{3,8}){23}$/);
      story.joined = await story.first.deviceLink();
      assert.ok(story.joined.link.startsWith(`${server.origin}/#sealwire-key=`));
      assert.match(story.joined.code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);

      story.second = await Demo.join(profiles[1].page, { ...story.joined, code: story.joined.code.toLowerCase().replaceAll("-", " ") });
      assert.deepEqual(await story.second.account(), await story.first.account());
    });

    it("takes the link's fragment out of the address bar and of the history", async () => {
      const { page } = profiles[1];
      assert.equal(page.url(), `${server.origin}/`);
      const session = await page.context().newCDPSession(page);
      const { entries } = await session.send("Page.getNavigationHistory");
      assert.deepEqual(entries.filter(({ url }) => url.includes("#")), []);
      await session.detach();
    });

    it("makes another link and another code each time", async () => {
      const again = await story.first.deviceLink();
      assert.notEqual(again.link, story.joined.link);
      assert.notEqual(again.code, story.joined.code);
    });

    it("asks again after a wrong code, and lets nobody in without one", async () => {
      const { link, code } = await story.first.deviceLink();
      await elsewhere(async (page) => {
        await page.goto(link);
        const demo = new Demo(page);
        const field = page.getByLabel("One-time code");
        assert.equal(await field.evaluate((element) => element === document.activeElement), true, "the field has the focus");
        assert.equal(page.url(), `${server.origin}/`, "out of the address bar before the code is typed");
        await demo.typeCode("0000-0000-0000");
        assert.match(await page.getByRole("alert").innerText(), /does not open/);
        assert.equal(await field.getAttribute("aria-invalid"), "true");
        assert.equal(await field.evaluate((element) => element === document.activeElement), true, "the field has the focus again");
        await demo.typeCode(code.slice(0, -1));
        assert.match(await page.getByRole("alert").innerText(), /12 characters/);
        assert.equal(await demo.account(), null);
        await demo.typeCode(code);
        await demo.isLive();
        assert.deepEqual(await demo.account(), await story.first.account());
      });
    });

    it("says of a damaged link that it is damaged, before a code is typed", async () => {
      const { link } = story.joined;
      const fragment = link.indexOf("=") + 1;
      for (const damaged of [`${link.slice(0, fragment)}*${link.slice(fragment + 1)}`, link.slice(0, fragment + 60)]) {
        await elsewhere(async (page) => {
          await page.goto(damaged);
          assert.match(await page.getByRole("alert").innerText(), /damaged/);
        });
      }
    });

    it("brings the account back by what was written down", async () => {
      const { userId, secret } = await story.first.account();
      await elsewhere(async (page) => {
        const demo = new Demo(page);
        await page.goto(server.origin);
        await demo.press("Recover with 24 words");
        await page.getByLabel("Recovery code").fill("24 words");
        await page.getByLabel("Account").fill(userId);
        await page.getByLabel("Sign-in secret").fill(secret);
        await demo.press("Recover");
        assert.match(await page.getByRole("alert").innerText(), /not a recovery code/);
        await page.getByLabel("Recovery code").fill(story.recoveryCode.toUpperCase().replaceAll(" ", "\n"));
        await demo.press("Recover");
        await demo.isLive();
        assert.deepEqual(await demo.account(), await story.first.account());
      });
    });
  });

  /** In a browser that knows nothing of the account. */
  async function elsewhere(story) {
    const context = await profiles[1].context.browser().newContext();
    try {
      await story(await context.newPage());
    } finally {
      await context.close();
    }
  }
}
