/** The package in a real browser, against servers that are old, hostile or slow to confirm, and in browsers that lack storage. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { confirming } from "./peer/confirming.mjs";
import { crashing } from "./peer/crashing.mjs";
import { diagnosing } from "./peer/diagnosing.mjs";
import { documented } from "./peer/documented.mjs";
import { holdingBack } from "./peer/holding-back.mjs";
import { hostile } from "./peer/hostile.mjs";
import { keys } from "./peer/keys.mjs";
import { mirroring } from "./peer/mirroring.mjs";
import { withoutStorage } from "./peer/without-storage.mjs";

const browser = await launchChromium();
after(() => browser.close());

for (const suite of [documented, confirming, hostile, withoutStorage, crashing, diagnosing, holdingBack, keys, mirroring]) suite(browser);
