/** `sealwire/typelets` in a real browser, against the repository's own server, while it behaves. */
import { after, before } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { conflicting } from "./typelets-worker/conflicting.mjs";
import { startWorker } from "./typelets-worker/devices.mjs";
import { secrecy } from "./typelets-worker/secrecy.mjs";
import { together } from "./typelets-worker/together.mjs";

const browser = await launchChromium();
let server;
before(async () => (server = await startWorker()));
after(() => Promise.all([server.stop(), browser.close()]));

for (const suite of [together, secrecy, conflicting]) suite(browser, () => server);
