// A page that has loaded the package's entry for Glint from a server, and nothing else.

import { ME, startGlint, TEAM } from "./server.mjs";

/**
 * Opens a page with storage of its own, until the test ends; `openTab` opens another one of the same profile. In it `sealwire` is the package, and
 * there is what `prepare` makes.
 *
 * @param {(end: () => void) => void} atEnd takes what has to be done at the end
 * @param {object} [options] of the server; with `elsewhere` the page is of another origin, and signed in by a cookie
 */
export async function openGlintPage(browser, atEnd, { elsewhere = false, ...options } = {}) {
  const server = await startGlint(options);
  atEnd(() => server.close());
  const context = await browser.newContext();
  atEnd(() => context.close());
  const host = elsewhere ? await startGlint() : server;
  if (elsewhere) {
    atEnd(() => host.close());
    server.welcomes = host.origin;
    server.cookie = "session=of-ada";
    await context.addCookies([{ name: "session", value: "of-ada", url: server.origin, httpOnly: true, sameSite: "Lax" }]);
  }
  const { id, displayName: name } = ME;
  await context.addInitScript(prepare, { origin: server.origin, teamId: TEAM, me: { id, name } });
  const openTab = async () => {
    const page = await context.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    const reload = async () => {
      await page.goto(host.origin);
      await page.waitForFunction(() => globalThis.sealwire !== undefined);
    };
    await reload();
    return { page, problems, reload };
  };
  return { server, context, openTab, ...(await openTab()) };
}

/** Opens two tabs of one profile, both connected: the first has the connection, the second follows it. */
export async function openTwoTabs(browser, atEnd, options) {
  const { server, openTab, page: first } = await openGlintPage(browser, atEnd, options);
  await first.evaluate(() => connect("live"));
  const { page: second } = await openTab();
  await second.evaluate(() => connect("following"));
  return { server, openTab, first, second };
}

/** `manager(options)` opens a manager whose events are kept; `until(check)` waits for a condition, with a bound. */
export function prepare({ origin, teamId, me }) {
  globalThis.errors = [];
  globalThis.changes = [];
  globalThis.refusals = [];
  globalThis.events = [];
  const SERVER_EVENTS = [
    "todo:created", "todo:updated", "todo:deleted", "todo:reordered", "todo:claimed", "todo:assigned", "todo:moved", "realtime:ready",
  ];
  globalThis.options = (more) => sealwire.glint({ origin, teamId, setId: "inbox", me, ...more });
  globalThis.manager = async (more) => {
    const sync = await sealwire.RealtimeSyncManager.open(options(more));
    sync.on("error", (report) => errors.push(report));
    sync.on("change", (change) => changes.push(change));
    sync.on("rejected", (rejected) => refusals.push(rejected));
    for (const event of SERVER_EVENTS) sync.on(event, (frame) => events.push(frame));
    return sync;
  };
  globalThis.until = async (check) => {
    for (let waited = 0; waited < 40_000; waited += 20) {
      if (await check()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`did not come true: ${check}; ${JSON.stringify({ status: globalThis.sync?.status, errors })}`);
  };
  globalThis.connect = async (state, more) => {
    globalThis.sync = await manager(more);
    sync.connect();
    await until(() => sync.status.state === state);
  };
  globalThis.settled = () => until(() => sync.status.pending === 0);
  globalThis.titles = async () => (await sync.list()).map(({ title }) => title).sort();
  globalThis.codeOf = async (call) => {
    try {
      await call();
      return "nothing thrown";
    } catch (error) {
      if (!(error instanceof sealwire.SyncError)) return String(error);
      return error.option ? `${error.code} ${error.option}` : error.code;
    }
  };
}
