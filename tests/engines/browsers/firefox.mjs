// Firefox by WebDriver BiDi, which it speaks itself.

import puppeteer from "puppeteer-core";
import { ended, killGroup } from "../../browser/processes.mjs";

/** Longer than any story: each has a bound of its own. */
const PROTOCOL_MS = 300_000;

/** Nothing asks its maker's servers for anything. */
const QUIET = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.systemAddon.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

/** `preferences`: more of Firefox' own. */
export const firefoxWith = (preferences) => ({
  name: "Firefox",
  async launch(profile) {
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
      headless: true,
      userDataDir: profile,
      protocolTimeout: PROTOCOL_MS,
      extraPrefsFirefox: { ...QUIET, ...preferences },
    });
    const { pid } = browser.process();
    return {
      version: (await browser.version()).split("/")[1],
      async open(url) {
        const page = await browser.newPage();
        await page.goto(url);
        return {
          evaluate: (body, argument) => page.evaluate(body, argument),
          goto: (url) => page.goto(url),
          close: () => page.close(),
        };
      },
      close: () => browser.close(),
      async kill() {
        killGroup(pid);
        await ended(pid);
      },
    };
  },
});

export const FIREFOX = firefoxWith({});
