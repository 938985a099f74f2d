/** `sealwire/glint` in a real browser, against the repository's own server in both generations, while it behaves and while it does not. */
import { after, before } from "node:test";
import { GENERATIONS } from "../worker/glint/client.mjs";
import { launchChromium } from "../package/browser.mjs";
import { elsewhere } from "./glint-worker/elsewhere.mjs";
import { startWorker } from "./glint-worker/mates.mjs";
import { together } from "./glint-worker/together.mjs";
import { unavailable } from "./glint-worker/unavailable.mjs";

const browser = await launchChromium();
let server, foreign;
before(async () => ([server, foreign] = await Promise.all([startWorker(), startWorker({ elsewhere: true })])));
after(() => Promise.all([server.stop(), foreign.stop(), browser.close()]));

for (const generation of GENERATIONS) {
  for (const faults of [false, true]) {
    together(browser, () => server, generation, faults);
    elsewhere(browser, () => foreign, generation, faults);
  }
  unavailable(browser, () => server, generation);
}
