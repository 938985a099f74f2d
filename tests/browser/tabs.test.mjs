/** Several tabs of one profile: one sends, the others follow it. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { handingOver } from "./tabs/handing-over.mjs";
import { receipts } from "./tabs/receipts.mjs";
import { refusing } from "./tabs/refusing.mjs";
import { takingBack } from "./tabs/taking-back.mjs";
import { telling } from "./tabs/telling.mjs";

const browser = await launchChromium();
after(() => browser.close());

for (const suite of [telling, receipts, takingBack, refusing, handingOver]) suite(browser);
