/** The package in a page by plain http from another machine than its own, as in a home network: it has no `crypto.subtle`, nor Web Locks. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { prepare } from "./peer-page.mjs";
import { startPeer, USER_ID } from "./peer.mjs";

const BOUND = { timeout: 60_000 };
const HOST = "sealwire.test";

const browser = await launchChromium([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`]);
after(() => browser.close());

test("without software ciphers it says what is missing, with them it seals as everywhere", BOUND, async (t) => {
  const peer = await startPeer();
  t.after(() => peer.close());
  const elsewhere = (address) => address.replace("127.0.0.1", HOST);
  const open = async (origin, url) => {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(prepare, { url, userId: USER_ID });
    await page.goto(origin);
    await page.waitForFunction(() => globalThis.sealwire !== undefined);
    return page;
  };
  const page = await open(elsewhere(peer.origin), elsewhere(peer.url));
  assert.deepEqual(await page.evaluate(() => [isSecureContext, typeof crypto.subtle]), [false, "undefined"]);
  assert.equal(await page.evaluate(() => codeOf(() => manager())), "not_supported");
  const told = await page.evaluate(async () => {
    const { software } = await import("/software.js");
    await connect("live", { software });
    const outcome = await (await push("bm_1", "Rust")).acknowledged;
    sync.close();
    return { outcome, again: await codeOf(() => manager({ software, key: "kept" })) };
  });
  assert.deepEqual(told, { outcome: "confirmed", again: "key_missing" });

  const safe = await open(peer.origin, peer.url);
  const shown = await safe.evaluate(async () => {
    await connect("live");
    await until(async () => Object.keys(await titles()).length === 1);
    return [await titles(), errors];
  });
  assert.deepEqual(shown, [{ bm_1: "Rust" }, []]);
});
