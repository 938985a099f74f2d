/**
 * `sealwire/glint` in real browsers, against the repository's own server in both generations, over a network that loses things, with and without
 * events that get lost too. Whatever happens: each page ends with the server's own list, and no todo stands there twice.
 */
import { after, before, describe } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { GENERATIONS } from "../worker/glint/client.mjs";
import { closing } from "./glint-worker/closing.mjs";
import { losing } from "./glint-worker/losing.mjs";
import { startWorker } from "./glint-worker/mates.mjs";
import { offlineAuthor } from "./glint-worker/offline-author.mjs";
import { racing } from "./glint-worker/racing.mjs";

const browser = await launchChromium();
let server;
before(async () => (server = await startWorker()));
after(() => Promise.all([server.stop(), browser.close()]));

/** Most of their time they wait: what is lost is looked for until 30 s have passed. */
const TOGETHER = { concurrency: 6 };

const SUITES = { "an offline author": offlineAuthor, "a race of claims": racing, "what is lost on its way": losing, "a tab that sends": closing };

for (const [name, suite] of Object.entries(SUITES)) {
  describe(name, TOGETHER, () => {
    for (const generation of GENERATIONS) for (const faults of [false, true]) suite(browser, () => server, generation, faults);
  });
}
