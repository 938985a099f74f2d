/**
 * Freezes a page, as a browser does to save energy: no script of it runs and no task begins, while its locks and its sockets stay. Resolves to what
 * thaws it. A debugger does it: Chromium's own `Page.setWebLifecycleState` does nothing to a page that is seen, and Playwright has all of them seen.
 */
export async function freeze(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Debugger.enable");
  const paused = new Promise((resolve) => session.once("Debugger.paused", resolve));
  const evaluated = session.send("Runtime.evaluate", { expression: "debugger" });
  await paused;
  return async () => {
    await session.send("Debugger.disable");
    await evaluated;
    await session.detach();
  };
}

/** Tells a page that it is hidden or seen, which Playwright cannot make it. */
export const become = (page, state) =>
  page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);

/** The numbers in a page's only database that move with what is stored, `lease` as text. */
export const countersOf = (page) =>
  page.evaluate(async () => {
    const ended = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const [{ name }] = await indexedDB.databases();
    const database = await ended(indexedDB.open(name));
    const meta = database.transaction("meta").objectStore("meta");
    const read = async (key) => {
      const bytes = await ended(meta.get(key));
      return bytes && Number(new DataView(bytes.buffer).getBigUint64(0));
    };
    const counters = {};
    for (const key of ["epoch", "attempted", "seq", "revision"]) counters[key] = await read(key);
    counters.lease = String(await ended(meta.get("lease")));
    database.close();
    return counters;
  });
