/** Plain pages against the repository's own server, which acknowledges, and is asked by sequence. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { catchingUp } from "./own-server/catching-up.mjs";
import { sendingOnce } from "./own-server/sending-once.mjs";
import { startPageServer } from "./worker-page.mjs";

const [server, browser] = await Promise.all([startPageServer(), launchChromium()]);
after(() => Promise.all([server.stop(), browser.close()]));

for (const suite of [sendingOnce, catchingUp]) suite(server, browser);
