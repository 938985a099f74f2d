// A Manifest V3 extension that has the package, with a page of it and a service worker.

import { createHash, generateKeyPairSync } from "node:crypto";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { ARGUMENTS } from "../browser/profile.mjs";

const PACKAGE = fileURLToPath(new URL("../../pkg/index.js", import.meta.url));

/** What both have: `pushFrom(options)` resolves to how a push ended, or to why it did not. A service worker imports nothing later than at its start. */
const SCRIPT = `
  import { RealtimeSyncManager, bitmarks } from "./index.js";
  globalThis.pushFrom = async ({ url, userId, id }) => {
    const sync = await RealtimeSyncManager.open(bitmarks({ url, userId, key: new Uint8Array(32).fill(7) }));
    const { durability, acknowledged } = await sync.pushChange("bookmark", id, "create", { title: "Rust" });
    const stopped = new Promise((resolve) => sync.on("status", ({ state, reason, attempts }) => (state === "stopped" || attempts > 3) && resolve(state + " " + reason)));
    sync.connect();
    const outcome = await Promise.race([acknowledged, stopped]);
    sync.close();
    return [durability, outcome];
  };
`;

/** Writes it to a folder; `allow` gives it its host permissions. Its origin comes from its key. */
export async function writeExtension() {
  const folder = await mkdtemp(join(tmpdir(), "sealwire-extension-"));
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "der" });
  const id = createHash("sha256").update(key).digest("hex").slice(0, 32).replace(/./g, (digit) => String.fromCharCode(97 + parseInt(digit, 16)));
  const manifest = {
    manifest_version: 3,
    name: "Sealwire",
    version: "1",
    key: key.toString("base64"),
    background: { service_worker: "script.js", type: "module" },
    content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'" },
  };
  await writeFile(join(folder, "script.js"), SCRIPT);
  await writeFile(join(folder, "page.html"), `<!doctype html><script type="module" src="script.js"></script>`);
  await copyFile(PACKAGE, join(folder, "index.js"));
  const allow = (hosts) => writeFile(join(folder, "manifest.json"), JSON.stringify({ ...manifest, host_permissions: hosts }));
  return { folder, origin: `chrome-extension://${id}`, allow, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts Chromium with it. */
export async function launchWith({ folder }) {
  const profile = await mkdtemp(join(tmpdir(), "sealwire-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: false,
    args: [...ARGUMENTS, "--headless=new", `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
  });
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  return {
    context,
    worker,
    async remove() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
