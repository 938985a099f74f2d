// Users of one team of the repository's own server, each with a browser context of its own.

import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newTeam } from "../../worker/glint/client.mjs";
import { startServer } from "../../worker/server.mjs";
import { prepare } from "../glint/page.mjs";

const PACKAGE = fileURLToPath(new URL("../../../pkg/glint.js", import.meta.url));
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import * as sealwire from "/glint.js";
  globalThis.sealwire = sealwire;
</script>`;

/** Starts the server with such a page, and lets it be told to misbehave; `stop()` ends it. */
export async function startWorker() {
  const assets = await mkdtemp(join(tmpdir(), "sealwire-glint-"));
  await copyFile(PACKAGE, join(assets, "glint.js"));
  await writeFile(join(assets, "index.html"), PAGE);
  const server = await startServer({ assets, vars: { FAULTS: "allowed" } });
  return {
    ...server,
    async stop() {
      await server.stop();
      await rm(assets, { recursive: true, force: true });
    },
  };
}

/**
 * Two users of a new team, each with a page that shows its first set. In a page is what `prepare` makes, and `ask(method, path, body)` for
 * what an app does without the package.
 */
export async function openMates(browser, t, server, generation) {
  const team = newTeam();
  const ada = await openMate(browser, t, server, { name: "Ada", team, generation });
  const bob = await openMate(browser, t, server, { name: "Bob", team, generation });
  const { set } = await ada.page.evaluate(() => ask("POST", "/sets", { name: "Home" }));
  for (const { page } of [ada, bob]) await page.evaluate((setId) => (globalThis.setId = setId), set.id);
  return { ada, bob, setId: set.id };
}

async function openMate(browser, t, server, who) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const open = async () => {
    await page.goto(server.origin);
    await page.waitForFunction(() => globalThis.sealwire !== undefined);
  };
  await open();
  const joined = await page.evaluate(async (who) => {
    const response = await fetch("/api/auth/demo", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(who) });
    return response.json();
  }, who);
  const me = { id: joined.user.id, name: who.name };
  const ready = async () => {
    await page.evaluate(prepare, { origin: server.origin, teamId: joined.team.id, me });
    await page.evaluate((teamId) => {
      globalThis.ask = async (method, path, body) => {
        const headers = { "Content-Type": "application/json" };
        const response = await fetch(`/api/teams/${teamId}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
        return response.json();
      };
    }, joined.team.id);
  };
  await ready();
  const reload = async (setId) => {
    await open();
    await ready();
    await page.evaluate((setId) => (globalThis.setId = setId), setId);
  };
  return { page, context, id: me.id, reload, setFaults: (faults) => page.evaluate((faults) => ask("POST", "/faults", faults), faults) };
}

/** What counts of a list: of each todo its parent, title, state, place and who holds it. */
export const GIST = `(todos) => Object.fromEntries(todos.map((todo) => [todo.id, [
  todo.parentId, todo.title, todo.completed, todo.sortOrder, todo.claimedBy ?? null, (todo.assignees ?? []).map(({ userId }) => userId).sort().join(),
].join(" | ")]))`;
