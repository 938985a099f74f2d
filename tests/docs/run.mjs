// Runs a block of a document in a real browser, in a page of a small server of its dialect, as an app's script.

import assert from "node:assert/strict";
import { transform } from "esbuild";
import { ME, startGlint, TEAM } from "../browser/glint/server.mjs";
import { startPeer, USER_ID } from "../browser/peer.mjs";
import { startTypelets } from "../browser/typelets/server.mjs";

const DIALECTS = {
  bitmarks: { start: startPeer, own: ({ url }) => ({ url, userId: USER_ID }) },
  glint: { start: startGlint, own: ({ origin }) => ({ origin, teamId: TEAM, setId: "inbox", userId: ME.id }) },
  typelets: { start: startTypelets, own: ({ options }) => options },
};

/** Resolves when all of the block has run, every change it waits for is acknowledged, and the manager is in sync. */
export async function runBlock(browser, t, { code, language }) {
  const { start, own } = DIALECTS[/\b(glint|typelets)\(/.exec(code)?.[1] ?? "bitmarks"];
  const server = await start();
  t.after(() => server.close());
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // Chromium says so of a socket that is given up while it is dialled, as where another set is shown.
    const isGivenUp = message.text().endsWith("WebSocket is closed before the connection is established.");
    if (["error", "warning"].includes(message.type()) && !isGivenUp) problems.push(message.text());
  });
  await page.goto(server.origin);
  await page.waitForFunction(() => globalThis.sealwire !== undefined);
  const given = own(server);
  await page.evaluate((given) => {
    Object.assign(globalThis, given, { key: new Uint8Array(32).fill(7), deviceId: "device_456", masterPassword: "horse", getToken: async () => "token" });
    globalThis.shown = [];
    globalThis.show = globalThis.render = globalThis.offer = (...what) => shown.push(what);
  }, given);

  await page.evaluate(`(async () => {${await asScript(code, language, given)}\nglobalThis.opened = typeof sync === "undefined" ? syncManager : sync;})()`);
  await page.waitForFunction(() => opened.status.state === "live" && opened.status.pending === 0);
  await page.evaluate(() => opened.close());
  assert.deepEqual(problems, []);
}

/** The block without types and imports: the page has the package already. Addresses in it are examples, so they become the server's. */
async function asScript(code, language, given) {
  const { code: script } = await transform(code, { loader: language, format: "esm", target: "es2022", tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } } });
  const { url, api, origin } = given;
  return script
    .replace(/^import \{(.*?)\} from "sealwire.*?";$/gms, "const {$1} = sealwire;")
    .replaceAll(/"wss:\/\/[^"]*"/g, JSON.stringify(url))
    .replaceAll(/"https:\/\/[^"]*\/api"/g, JSON.stringify(api))
    .replaceAll(/origin: "https:\/\/[^"]*"/g, `origin: ${JSON.stringify(origin)}`)
    // BitMarks' own service is where this one would connect to.
    .replace("new RealtimeSyncManager(userId, deviceId, key)", `new RealtimeSyncManager(userId, deviceId, key, { url: ${JSON.stringify(url)} })`);
}
