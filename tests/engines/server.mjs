// The repository's own server with a page for each entry of the package.

import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../worker/server.mjs";

const PACKAGE = fileURLToPath(new URL("../../pkg", import.meta.url));

/** The first script gathers what would be in the console, before anything else can fail. */
const pageOf = (entry) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>
  globalThis.problems = [];
  addEventListener("error", ({ message }) => problems.push(message));
  addEventListener("unhandledrejection", ({ reason }) => problems.push(String(reason)));
  for (const name of ["error", "warn"]) console[name] = (...words) => problems.push(words.join(" "));
</script><script type="module">
  import * as sealwire from "/pkg/${entry}.js";
  globalThis.sealwire = sealwire;
</script>`;

/** By path: "/typelets" would be the API. */
const PAGES = { index: "index", slim: "slim", todos: "glint", notes: "typelets" };

/** A module for a worker: one push, over its own connection. */
const WORKER = `
  import { RealtimeSyncManager, bitmarks } from "/pkg/index.js";
  onmessage = async ({ data }) => {
    const sync = await RealtimeSyncManager.open(bitmarks({ ...data, key: new Uint8Array(32).fill(7) }));
    sync.connect();
    const { durability, acknowledged } = await sync.pushChange("bookmark", "bm_worker", "create", { title: "Of a worker" });
    postMessage([durability, await acknowledged]);
    sync.close();
  };
`;

/** Pages of entries of the package, by their path. */
export async function writePages() {
  const assets = await mkdtemp(join(tmpdir(), "sealwire-engines-"));
  await cp(PACKAGE, join(assets, "pkg"), { recursive: true });
  for (const [path, entry] of Object.entries(PAGES)) await writeFile(join(assets, `${path}.html`), pageOf(entry));
  await writeFile(join(assets, "worker.js"), WORKER);
  return { assets, remove: () => rm(assets, { recursive: true, force: true }) };
}

/** Starts the server, which can be told to misbehave; `stop()` ends it. `vars`: more of its variables. */
export async function startPages(vars = {}) {
  const { assets, remove } = await writePages();
  const server = await startServer({ assets, vars: { FAULTS: "allowed", ...vars } });
  return {
    ...server,
    async stop() {
      await server.stop();
      await remove();
    },
  };
}
