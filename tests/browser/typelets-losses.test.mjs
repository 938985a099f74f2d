/**
 * `sealwire/typelets` in real browsers, against the repository's own server while it misbehaves, and over a network that loses things. Whatever happens:
 * each page ends with the server's own notes, each of them opens, and none stands there twice.
 */
import { after, before } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { startWorker } from "./typelets-worker/devices.mjs";
import { losing } from "./typelets-worker/losing.mjs";
import { offlineAuthor } from "./typelets-worker/offline-author.mjs";

const browser = await launchChromium();
let server;
before(async () => (server = await startWorker()));
after(() => Promise.all([server.stop(), browser.close()]));

for (const suite of [offlineAuthor, losing]) suite(browser, () => server);
