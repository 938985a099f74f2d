/** Storage that fails, in a real browser: lost connections, no space, records that cannot be read, databases that are gone or another version's. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { corrupting } from "./storage/corrupting.mjs";
import { deleting } from "./storage/deleting.mjs";
import { filling } from "./storage/filling.mjs";
import { keeping } from "./storage/keeping.mjs";
import { losing } from "./storage/losing.mjs";
import { persisting } from "./storage/persisting.mjs";
import { upgrading } from "./storage/upgrading.mjs";

const browser = await launchChromium();
after(() => browser.close());

for (const suite of [losing, upgrading, filling, corrupting, deleting, persisting, keeping]) suite(browser);
