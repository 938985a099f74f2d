// Plain pages that have loaded the package from the repository's own server.

import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../worker/server.mjs";
import { prepare } from "./peer-page.mjs";

const PACKAGE = fileURLToPath(new URL("../../pkg/index.js", import.meta.url));
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import * as sealwire from "/sealwire.js";
  globalThis.sealwire = sealwire;
</script>`;

/** Starts the server with such a page; `stop()` ends it. */
export async function startPageServer() {
  const assets = await mkdtemp(join(tmpdir(), "sealwire-page-"));
  await copyFile(PACKAGE, join(assets, "sealwire.js"));
  await writeFile(join(assets, "index.html"), PAGE);
  const server = await startServer({ assets });
  return {
    ...server,
    async stop() {
      await server.stop();
      await rm(assets, { recursive: true, force: true });
    },
  };
}

/** Opens a page of the server, signed in as `user`. In it is what `prepare` makes. */
export async function openUserPage(context, server, { id: userId, secret }) {
  const page = await context.newPage();
  await page.addInitScript(prepare, { url: `${server.origin.replace("http", "ws")}/api/v1/sync/realtime`, userId });
  await page.goto(server.origin);
  await page.waitForFunction(() => globalThis.sealwire !== undefined);
  await page.evaluate((body) => fetch("/api/v1/auth/session", { method: "POST", headers: { "Content-Type": "application/json" }, body }),
    JSON.stringify({ user_id: userId, secret }));
  return page;
}
