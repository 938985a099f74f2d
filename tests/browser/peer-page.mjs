// A page that has loaded the package from a peer, and nothing else.

import { startPeer, USER_ID } from "./peer.mjs";

/**
 * Opens a page with storage of its own, until the test or suite ends; `openTab` opens another one of the same profile. In it `sealwire`
 * is the package, and there is what `prepare` makes.
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
  const openTab = async () => {
    const page = await context.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    const reload = async () => {
      await page.goto(peer.origin);
      await page.waitForFunction(() => globalThis.sealwire !== undefined);
    };
    await reload();
    return { page, problems, reload };
  };
  return { peer, openTab, ...(await openTab()) };
}

/** Opens a page of another device with the same account. */
export async function openDevice(peer, browser, atEnd) {
  const context = await browser.newContext();
  atEnd(() => context.close());
  await context.addInitScript(prepare, { url: peer.url, userId: USER_ID });
  const page = await context.newPage();
  await page.goto(peer.origin);
  await page.waitForFunction(() => globalThis.sealwire !== undefined);
  return page;
}

/** Opens two tabs of one profile, both connected: the first has the connection, the second follows it. `options` are the manager's. */
export async function openTwoTabs(browser, atEnd, options) {
  const { peer, openTab, page: first } = await openPeerPage(browser, atEnd);
  await first.evaluate((options) => connect("live", options), options);
  const { page: second } = await openTab();
  await second.evaluate((options) => connect("following", options), options);
  return { peer, openTab, first, second };
}

/** `manager(options)` opens a manager whose errors, changes and refusals are kept; `until(check)` waits for a condition, with a bound. */
export function prepare({ url, userId }) {
  globalThis.url = url;
  globalThis.userId = userId;
  globalThis.errors = [];
  globalThis.changes = [];
  globalThis.refusals = [];
  globalThis.listen = (sync) => {
    sync.on("error", (report) => errors.push(report));
    sync.on("change", (change) => changes.push(change));
    sync.on("rejected", (rejected) => refusals.push(rejected));
    return sync;
  };
  // Of arrays, because that is how a test can hand them over; "kept" for the one that this device keeps.
  globalThis.keyOf = (key) => {
    if (key === "kept") return undefined;
    if (key[0]?.key) return key.map(({ generation, key }) => ({ generation, key: keyOf(key) }));
    return Array.isArray(key) ? new Uint8Array(key) : key;
  };
  globalThis.manager = async (options) => {
    const given = sealwire.bitmarks({ url, userId, ...options, key: keyOf(options?.key ?? Array(32).fill(7)) });
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
  globalThis.connect = async (state, options) => {
    globalThis.sync = await manager(options);
    sync.connect();
    await until(() => sync.status.state === state);
  };
  globalThis.push = (id, title) => sync.pushChange("bookmark", id, "update", { title });
  globalThis.settled = () => until(() => sync.status.pending === 0);
  globalThis.titles = async () => Object.fromEntries((await sync.list("bookmark")).map(({ entityId, data }) => [entityId, data.title]));
  globalThis.codeOf = async (call) => {
    try {
      await call();
      return "nothing thrown";
    } catch (error) {
      return error instanceof sealwire.SyncError ? error.code : String(error);
    }
  };
}
