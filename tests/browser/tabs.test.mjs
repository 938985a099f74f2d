/** Several tabs of one profile: one sends, the others follow it. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { copying } from "./tabs/copying.mjs";
import { freezing } from "./tabs/freezing.mjs";
import { handingOver } from "./tabs/handing-over.mjs";
import { leasing } from "./tabs/leasing.mjs";
import { receipts } from "./tabs/receipts.mjs";
import { refusing } from "./tabs/refusing.mjs";
import { status } from "./tabs/status.mjs";
import { takingBack } from "./tabs/taking-back.mjs";
import { telling } from "./tabs/telling.mjs";
import { withoutChannel } from "./tabs/without-channel.mjs";

const browser = await launchChromium();
after(() => browser.close());

for (const suite of [telling, receipts, takingBack, refusing, handingOver, status, copying, freezing, leasing, withoutChannel]) suite(browser);
