// A headless Chromium, and the pages that a test serves to it.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** `args`: more of Chromium's own options. */
export function launchChromium(args = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--js-flags=--expose-gc", ...args],
  });
}

/** A page that runs one module. Its icon is empty, or the browser would ask the server for one. */
export function pageOf(script) {
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="${script}"></script>`;
}

/** Serves a directory on loopback; `headers` go with every answer. */
export async function serve(directory, headers = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = join(directory, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    try {
      const content = await readFile(path);
      response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream", ...headers }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Opens a page with a storage of its own. `problems` gathers what a user would find in the console. */
export async function openPage(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // The pages dial a server that has no API, and Chromium reports each request that fails.
    const dialled = /\/api\/v1\//.test(message.text() + message.location().url);
    if (message.type() === "error" && !dialled) problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems, close: () => context.close() };
}
