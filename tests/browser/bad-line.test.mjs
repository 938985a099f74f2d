/** Real pages over lines that lose, cut, repeat, slow down and fall silent: `bad-line.mjs` is the line. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { heeding } from "./bad-line/heeding.mjs";
import { noticing } from "./bad-line/noticing.mjs";
import { pushing } from "./bad-line/pushing.mjs";
import { rows } from "./bad-line/rows.mjs";
import { startPageServer } from "./worker-page.mjs";

const [server, browser] = await Promise.all([startPageServer(), launchChromium()]);
after(() => Promise.all([server.stop(), browser.close()]));

for (const suite of [pushing, noticing, heeding]) suite(server, browser);
rows(browser);
