// Users of one team of the repository's own server, each with a browser context of its own.

import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "../../package/browser.mjs";
import { newTeam } from "../../worker/glint/client.mjs";
import { startServer } from "../../worker/server.mjs";
import { prepare } from "../glint/page.mjs";

const PACKAGE = fileURLToPath(new URL("../../../pkg/glint.js", import.meta.url));
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import * as sealwire from "/glint.js";
  globalThis.sealwire = sealwire;
</script>`;

/**
 * Starts the server with such a page, and lets it be told to misbehave; `stop()` ends it. `elsewhere`: the page comes from another origin, which
 * the server has on its list.
 */
export async function startWorker({ elsewhere = false } = {}) {
  const assets = await mkdtemp(join(tmpdir(), "sealwire-glint-"));
  await copyFile(PACKAGE, join(assets, "glint.js"));
  await writeFile(join(assets, "index.html"), PAGE);
  const host = elsewhere ? await serve(assets) : undefined;
  const server = await startServer({ assets, vars: { FAULTS: "allowed", ...(host && { ALLOWED_ORIGINS: host.origin }) } });
  return {
    ...server,
    pages: host?.origin ?? server.origin,
    async stop() {
      host?.close();
      await server.stop();
      await rm(assets, { recursive: true, force: true });
    },
  };
}

/** Events are lost and overtake each other, as seen on the real server. */
export const MISBEHAVIOUR = { dropEvents: 0.55, reorderEvents: 1, overtakenBy: 3 };

/**
 * Two users of a new team, each with a page that shows its first set. In a page is what `prepare` makes, and `ask(method, path, body)` for
 * what an app does without the package. With `proxy` Ada comes by way of that.
 */
export async function openMates(browser, t, server, generation, proxy = server) {
  const team = newTeam();
  const ada = await openMate(browser, t, proxy, { name: "Ada", team, generation });
  const bob = await openMate(browser, t, server, { name: "Bob", team, generation });
  const { set } = await ada.page.evaluate(() => ask("POST", "/sets", { name: "Home" }));
  for (const { page } of [ada, bob]) await page.evaluate((setId) => (globalThis.setId = setId), set.id);
  return { ada, bob, setId: set.id };
}

async function openMate(browser, t, server, who) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const load = async (page) => {
    await page.goto(server.pages ?? server.origin);
    await page.waitForFunction(() => globalThis.sealwire !== undefined);
  };
  const page = await context.newPage();
  await load(page);
  const joined = await page.evaluate(async ({ origin, who }) => {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${origin}/api/auth/demo`, { method: "POST", credentials: "include", headers, body: JSON.stringify(who) });
    return response.json();
  }, { origin: server.origin, who });
  const me = { id: joined.user.id, name: who.name };
  const ready = async (page) => {
    await page.evaluate(prepare, { origin: server.origin, teamId: joined.team.id, me });
    await page.evaluate((api) => {
      globalThis.ask = async (method, path, body) => {
        const headers = { "Content-Type": "application/json" };
        const response = await fetch(api + path, { method, credentials: "include", headers, ...(body && { body: JSON.stringify(body) }) });
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
        return response.json();
      };
    }, `${server.origin}/api/teams/${joined.team.id}`);
  };
  await ready(page);
  /** Loads the page anew, or another tab. */
  const reload = async (setId, tab = page) => {
    await load(tab);
    await ready(tab);
    await tab.evaluate((setId) => (globalThis.setId = setId), setId);
    return tab;
  };
  const openTab = async (setId) => reload(setId, await context.newPage());
  return { page, context, id: me.id, reload, openTab, setFaults: (faults) => page.evaluate((faults) => ask("POST", "/faults", faults), faults) };
}

/** What counts of a list: of each todo its parent, title, state, place and who holds it. */
export const GIST = `(todos) => Object.fromEntries(todos.map((todo) => [todo.id, [
  todo.parentId, todo.title, todo.completed, todo.sortOrder, todo.claimedBy ?? null, (todo.assignees ?? []).map(({ userId }) => userId).sort().join(),
].join(" | ")]))`;
