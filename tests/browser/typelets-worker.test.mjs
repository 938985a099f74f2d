/** `sealwire/typelets` in a real browser, against the repository's own server, while it behaves. */
import { after, before } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { conflicting } from "./typelets-worker/conflicting.mjs";
import { startWorker } from "./typelets-worker/devices.mjs";
import { joining } from "./typelets-worker/joining.mjs";
import { otherKeys } from "./typelets-worker/other-keys.mjs";
import { refusing } from "./typelets-worker/refusing.mjs";
import { secrecy } from "./typelets-worker/secrecy.mjs";
import { tabs } from "./typelets-worker/tabs.mjs";
import { together } from "./typelets-worker/together.mjs";
import { tokens } from "./typelets-worker/tokens.mjs";

const browser = await launchChromium();
let server;
before(async () => (server = await startWorker()));
after(() => Promise.all([server.stop(), browser.close()]));

for (const suite of [together, secrecy, conflicting, joining, otherKeys, tabs, refusing, tokens]) suite(browser, () => server);
