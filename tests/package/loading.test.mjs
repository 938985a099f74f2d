// Every way to load the package, each ending in the same first steps.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { launchChromium, openPage, pageOf, serve } from "./browser.mjs";
import { EXPECTED } from "./first-steps.js";
import { installPackage } from "./install.mjs";

const RAW = fileURLToPath(new URL("../../target/wasm", import.meta.url));
const RAW_GLINT = fileURLToPath(new URL("../../target/wasm-glint", import.meta.url));
const RAW_TYPELETS = fileURLToPath(new URL("../../target/wasm-typelets", import.meta.url));

const entry = (specifier) => `
  import { RealtimeSyncManager, bitmarks } from "${specifier}";
  import { firstSteps } from "./first-steps.js";
  globalThis.outcome = firstSteps({ RealtimeSyncManager, bitmarks });
`;

/** A key on its way to another device. The page's address is what a link points at where no other is given. */
const keysEntry = (specifier) => `
  import { exportKeyLink, generateKey, importKeyLink, recoverKey } from "${specifier}";
  const wayOfAKey = async () => {
    const { key, recoveryCode } = generateKey();
    const { link, code } = await exportKeyLink({ recoveryCode }, { data: { userId: "user_1" } });
    const imported = await importKeyLink(link, code);
    const same = [imported.key, recoverKey(recoveryCode)].every((other) => other.join() === key.join());
    return { same, data: imported.data, here: link.startsWith(location.href + "#sealwire-key=") };
  };
  globalThis.outcome = wayOfAKey();
`;
const EXPECTED_KEYS = { same: true, data: { userId: "user_1" }, here: true };

const glintEntry = (specifier) => `
  import { RealtimeSyncManager, glint } from "${specifier}";
  const firstTodo = async () => {
    const sync = await RealtimeSyncManager.open(glint({ origin: location.origin, teamId: "team_1", setId: "inbox", me: { id: "user_1" } }));
    sync.connect();
    const { todoId, durability } = await sync.createTodo({ title: "Milk" });
    const [{ id, title, pending, children }] = await sync.todos();
    sync.close();
    return { durability, isSame: id === todoId, title, pending, children };
  };
  globalThis.outcome = firstTodo();
`;
const EXPECTED_TODO = { durability: "strict", isSame: true, title: "Milk", pending: true, children: [] };

const TYPELETS = `{ url: "ws://127.0.0.1:1/", userId: "user_1", getToken: () => "token", masterPassword: "horse" }`;
const typeletsEntry = (specifier) => `
  import { RealtimeSyncManager, typelets } from "${specifier}";
  const firstNote = async () => {
    const sync = await RealtimeSyncManager.open(typelets(${TYPELETS}));
    const { entityId, durability } = await sync.createNote({ title: "Milk", content: "Oat" });
    const [{ id, title, content, pending }] = await sync.notes();
    sync.close();
    return { durability, isSame: id === entityId, title, content, pending };
  };
  globalThis.outcome = firstNote();
`;
const EXPECTED_NOTE = { durability: "strict", isSame: true, title: "Milk", content: "Oat", pending: true };

const FILES = {
  "typelets.html": pageOf("./bundled-typelets.js"),
  "plain-typelets.html": pageOf("./plain-typelets.js"),
  "esbuild-typelets.html": pageOf("./esbuild-typelets-out.js"),
  "raw-typelets.html": pageOf("./raw-typelets.js"),
  "worker-typelets.html": pageOf("./worker-typelets-page.js"),
  "bundled-typelets.js": typeletsEntry("sealwire/typelets"),
  "plain-typelets.js": typeletsEntry("./node_modules/sealwire/typelets.js"),
  "worker-typelets.js": `${typeletsEntry("./node_modules/sealwire/typelets.js")} outcome.then(postMessage);`,
  "worker-typelets-page.js": `
    globalThis.outcome = new Promise((resolve, reject) => {
      const worker = new Worker("./worker-typelets.js", { type: "module" });
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
  `,
  "raw-typelets.js": `
    import init, { RealtimeSyncManager } from "./raw-typelets/sealwire.js";
    const firstNote = async () => {
      await init();
      const sync = await RealtimeSyncManager.open({ dialect: "typelets", ...${TYPELETS} });
      const { durability } = await sync.pushChange("note", "mine", "create", { title: "Milk", content: "Oat" });
      const [{ id, title, content, pending }] = await sync.list();
      sync.close();
      return { durability, isSame: id === "mine", title, content, pending };
    };
    globalThis.outcome = firstNote();
  `,
  "glint.html": pageOf("./bundled-glint.js"),
  "plain-glint.html": pageOf("./plain-glint.js"),
  "bundled-glint.js": glintEntry("sealwire/glint"),
  "plain-glint.js": glintEntry("./node_modules/sealwire/glint.js"),
  "keys.html": pageOf("./bundled-keys.js"),
  "plain-keys.html": pageOf("./plain-keys.js"),
  "bundled-keys.js": keysEntry("sealwire/keys"),
  "plain-keys.js": keysEntry("./node_modules/sealwire/keys.js"),
  "index.html": pageOf("./bundled.js"),
  "slim.html": pageOf("./bundled-slim.js"),
  "plain.html": pageOf("./plain.js"),
  "plain-slim.html": pageOf("./plain-slim.js"),
  "raw.html": pageOf("./raw.js"),
  "raw-glint.html": pageOf("./raw-glint.js"),
  "esbuild.html": pageOf("./esbuild-out.js"),
  "workers.html": pageOf("./workers.js"),
  "bundled.js": entry("sealwire"),
  "bundled-slim.js": entry("sealwire/slim"),
  "plain.js": entry("./node_modules/sealwire/index.js"),
  "plain-slim.js": entry("./node_modules/sealwire/slim.js"),
  "raw.js": `
    import init, { RealtimeSyncManager } from "./raw/sealwire.js";
    import { firstSteps } from "./first-steps.js";
    const bitmarks = (options) => ({ dialect: "bitmarks", ...options });
    globalThis.outcome = init().then(() => firstSteps({ RealtimeSyncManager, bitmarks }));
  `,
  "raw-glint.js": `
    import init, { RealtimeSyncManager } from "./raw-glint/sealwire.js";
    const firstTodo = async () => {
      await init();
      const sync = await RealtimeSyncManager.open({ dialect: "glint", origin: location.origin, teamId: "team_1", setId: "inbox", me: { id: "user_1" } });
      const { durability } = await sync.pushChange("todo", "mine", "create", { title: "Milk" });
      const [{ id, title, pending }] = await sync.list();
      sync.close();
      return { durability, id, title, pending };
    };
    globalThis.outcome = firstTodo();
  `,
  "worker.js": `
    ${entry("./node_modules/sealwire/index.js")}
    outcome.then(postMessage);
  `,
  "service-worker.js": `
    import { RealtimeSyncManager, bitmarks } from "./node_modules/sealwire/index.js";
    import { firstSteps } from "./first-steps.js";
    onmessage = (event) => event.waitUntil(firstSteps({ RealtimeSyncManager, bitmarks }).then((outcome) => event.source.postMessage(outcome)));
  `,
  "workers.js": `
    globalThis.inWorker = () => new Promise((resolve, reject) => {
      const worker = new Worker("./worker.js", { type: "module" });
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
    globalThis.inServiceWorker = async () => {
      const answer = new Promise((resolve) => (navigator.serviceWorker.onmessage = (event) => resolve(event.data)));
      await navigator.serviceWorker.register("./service-worker.js", { type: "module" });
      (await navigator.serviceWorker.ready).active.postMessage("start");
      return answer;
    };
  `,
};

// A promise in the page that never ends has to fail the test, not hold it.
const BOUND = { timeout: 30_000 };

const STRICT_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";

let installed, project, browser;
before(async () => {
  installed = await installPackage(FILES);
  ({ project } = installed);
  await cp(RAW, join(project, "raw"), { recursive: true });
  await cp(RAW_GLINT, join(project, "raw-glint"), { recursive: true });
  await cp(RAW_TYPELETS, join(project, "raw-typelets"), { recursive: true });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await installed?.remove();
});

async function assertFirstSteps(url, expected = EXPECTED) {
  const { page, problems, close } = await openPage(browser, url);
  assert.deepEqual(await page.evaluate(() => globalThis.outcome), expected);
  assert.deepEqual(problems, []);
  await close();
}

async function assertServed(directory, path, headers, expected) {
  const server = await serve(directory, headers);
  try {
    await assertFirstSteps(`${server.origin}/${path}`, expected);
  } finally {
    server.close();
  }
}

async function assertDevServed(path, config, expected) {
  const server = await vite.createServer({ ...config, root: project, configFile: false, logLevel: "silent", server: { host: "127.0.0.1", port: 0 } });
  try {
    await server.listen();
    await assertFirstSteps(`http://127.0.0.1:${server.httpServer.address().port}/${path}`, expected);
  } finally {
    await server.close();
  }
}

test("the package holds what its entries need, and no more", () => {
  assert.deepEqual(installed.packed, [
    "LICENSE-APACHE", "LICENSE-BUNDLED", "LICENSE-MIT", "README.md", "bitmarks-messages.d.ts", "glint.d.ts", "glint.js", "index.d.ts", "index.js", "keys.d.ts", "keys.js", "package.json", "react-status.d.ts", "react-status.js", "react.css", "react.d.ts", "react.js",
    "sealwire.wasm", "sealwire.wasm.deflate", "slim.d.ts", "slim.js", "software.d.ts", "software.js", "status.d.ts", "typelets-messages.d.ts", "typelets.d.ts", "typelets.js",
  ]);
});

test("a plain page", BOUND, () => assertServed(project, "plain.html"));

test("a plain page with sealwire/slim", BOUND, () => assertServed(project, "plain-slim.html"));

test("a plain page with sealwire/keys, whose policy allows no wasm", BOUND, async () => {
  const policy = "default-src 'none'; script-src 'self'; img-src data:";
  await assertServed(project, "plain-keys.html", { "Content-Security-Policy": policy }, EXPECTED_KEYS);
});

test("a plain page with sealwire/glint", BOUND, () => assertServed(project, "plain-glint.html", {}, EXPECTED_TODO));

test("a plain page with sealwire/typelets", BOUND, () => assertServed(project, "plain-typelets.html", {}, EXPECTED_NOTE));

test("a page whose policy forbids eval", BOUND, async () => {
  await assertServed(project, "plain.html", { "Content-Security-Policy": STRICT_POLICY });
  await assertServed(project, "plain-slim.html", { "Content-Security-Policy": STRICT_POLICY });
  await assertServed(project, "plain-glint.html", { "Content-Security-Policy": STRICT_POLICY }, EXPECTED_TODO);
  await assertServed(project, "plain-typelets.html", { "Content-Security-Policy": STRICT_POLICY }, EXPECTED_NOTE);
});

test("a build by Vite", BOUND, async () => {
  const input = ["index.html", "slim.html", "keys.html", "glint.html", "typelets.html"].map((name) => join(project, name));
  const result = await vite.build({ root: project, configFile: false, logLevel: "silent", build: { outDir: "vite-out", rollupOptions: { input } } });
  assert.ok(result.output.some(({ fileName }) => fileName.endsWith(".deflate")), "the slim entry's wasm became an asset");
  await assertServed(join(project, "vite-out"), "index.html");
  await assertServed(join(project, "vite-out"), "slim.html");
  await assertServed(join(project, "vite-out"), "keys.html", {}, EXPECTED_KEYS);
  await assertServed(join(project, "vite-out"), "glint.html", {}, EXPECTED_TODO);
  await assertServed(join(project, "vite-out"), "typelets.html", {}, EXPECTED_NOTE);
});

test("Vite's dev server", BOUND, () => assertDevServed("index.html", {}));

test("Vite's dev server with sealwire/glint", BOUND, () => assertDevServed("glint.html", {}, EXPECTED_TODO));

test("Vite's dev server with sealwire/typelets", BOUND, () => assertDevServed("typelets.html", {}, EXPECTED_NOTE));

test("Vite's dev server with sealwire/slim, told to leave it as it is", BOUND, () =>
  assertDevServed("slim.html", { optimizeDeps: { exclude: ["sealwire"] } }));

test("a bundle by esbuild", BOUND, async () => {
  for (const [entryPoint, outfile] of [["bundled.js", "esbuild-out.js"], ["bundled-typelets.js", "esbuild-typelets-out.js"]]) {
    const { warnings } = await esbuild.build({ absWorkingDir: project, entryPoints: [entryPoint], bundle: true, format: "iife", outfile });
    assert.deepEqual(warnings, []);
  }
  await assertServed(project, "esbuild.html");
  await assertServed(project, "esbuild-typelets.html", {}, EXPECTED_NOTE);
});

test("a module worker and a module service worker", BOUND, async () => {
  const server = await serve(project);
  const { page, problems, close } = await openPage(browser, `${server.origin}/workers.html`);
  assert.deepEqual(await page.evaluate(() => inWorker()), EXPECTED);
  assert.deepEqual(await page.evaluate(() => inServiceWorker()), EXPECTED);
  assert.deepEqual(problems, []);
  await close();
  server.close();
});

test("a module worker with sealwire/typelets", BOUND, () => assertServed(project, "worker-typelets.html", {}, EXPECTED_NOTE));

test("an import on a server runs nothing", BOUND, async () => {
  const script = `
    for (const name of ["window", "document", "navigator", "location", "indexedDB", "localStorage", "WebSocket", "EventSource", "WebAssembly", "DecompressionStream", "fetch"]) {
      Object.defineProperty(globalThis, name, { get() { throw new Error("importing touched " + name); } });
    }
    for (const entry of ["sealwire", "sealwire/slim", "sealwire/glint", "sealwire/typelets", "sealwire/keys", "sealwire/software"]) console.log(Object.keys(await import(entry)).join());
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { cwd: project });
  const names = "RealtimeSyncManager,SyncError,bitmarks,generateDeviceId,glint,init,initSync,typelets";
  assert.equal(stdout, `${names}\n${names}\nRealtimeSyncManager,SyncError,glint,init\nRealtimeSyncManager,SyncError,init,typelets\nSyncError,exportKeyLink,generateKey,importKeyLink,recoverKey\nsoftware\n`);
});

test("wasm-pack's own output in a plain page", BOUND, () => assertServed(project, "raw.html"));

test("wasm-pack's own output with the feature glint in a plain page", BOUND, () =>
  assertServed(project, "raw-glint.html", {}, { durability: "strict", id: "mine", title: "Milk", pending: true }));

test("wasm-pack's own output with the feature typelets in a plain page", BOUND, () => assertServed(project, "raw-typelets.html", {}, EXPECTED_NOTE));
