/** `sealwire/typelets` in a real browser, against a small server that does what no good one does. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { connecting } from "./typelets/connecting.mjs";
import { crashing } from "./typelets/crashing.mjs";
import { format } from "./typelets/format.mjs";
import { signing } from "./typelets/signing.mjs";
import { withoutStorage } from "./typelets/without-storage.mjs";
import { writing } from "./typelets/writing.mjs";

const browser = await launchChromium();
after(() => browser.close());

for (const suite of [format, connecting, signing, writing, crashing, withoutStorage]) suite(browser);
