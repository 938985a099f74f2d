import { chromium } from "playwright-core";
import { ARGUMENTS, kill, leaderOf } from "../../browser/profile.mjs";

export const CHROMIUM = {
  name: "Chromium",
  async launch(profile) {
    const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
    const leader = await leaderOf(context);
    return {
      version: context.browser().version(),
      async open(url) {
        const page = await context.newPage();
        await page.goto(url);
        return {
          evaluate: (body, argument) => page.evaluate(body, argument),
          goto: (url) => page.goto(url),
          close: () => page.close(),
        };
      },
      close: () => context.close(),
      kill: () => kill(leader),
    };
  },
};
