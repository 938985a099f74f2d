// A page that has loaded the package from a peer, and nothing else.

import { startPeer, USER_ID } from "./peer.mjs";

/**
 * Opens a page with storage of its own, until the test or suite ends. In it `sealwire` is the package, `manager(options)` opens
 * a manager for the peer whose errors and changes are kept in `errors` and `changes`, and `until(check)` waits for a
 * condition, with a bound.
 *
 * @param {(end: () => void) => void} atEnd takes what has to be done at the end
 * @param {() => void} [damage] runs in the page before everything else
 */
export async function openPeerPage(browser, atEnd, damage) {
  const peer = await startPeer();
  atEnd(() => peer.close());
  const context = await browser.newContext();
  atEnd(() => context.close());
  if (damage) await context.addInitScript(damage);
  await context.addInitScript(prepare, { url: peer.url, userId: USER_ID });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  const load = async () => {
    await page.goto(peer.origin);
    await page.waitForFunction(() => globalThis.sealwire !== undefined);
  };
  await load();
  return { peer, page, problems, reload: load };
}

function prepare({ url, userId }) {
  globalThis.url = url;
  globalThis.userId = userId;
  globalThis.errors = [];
  globalThis.changes = [];
  globalThis.listen = (sync) => {
    sync.on("error", (report) => errors.push(report));
    sync.on("change", (change) => changes.push(change));
    return sync;
  };
  globalThis.manager = async (options) => {
    const given = sealwire.bitmarks({ url, userId, key: new Uint8Array(32).fill(7), ...options });
    return listen(await sealwire.RealtimeSyncManager.open(given));
  };
  globalThis.until = async (check) => {
    for (let waited = 0; waited < 20_000; waited += 20) {
      if (await check()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`did not come true: ${check}`);
  };
  globalThis.live = (sync) => until(() => sync.status.state === "live");
  globalThis.codeOf = async (call) => {
    try {
      await call();
      return "nothing thrown";
    } catch (error) {
      return error instanceof sealwire.SyncError ? error.code : String(error);
    }
  };
}
