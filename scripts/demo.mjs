// Runs the demo server until Ctrl-C: the built app and the sync worker behind one address. Its data stays in .wrangler/.

import { once } from "node:events";
import { createServer } from "node:net";
import { startServer } from "../tests/worker/server.mjs";

const FIRST_PORT = 8787;
const PORTS = 100;

async function firstFreePort() {
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
    const probe = createServer().listen(port, "127.0.0.1");
    const free = await once(probe, "listening").then(() => true, () => false);
    probe.close();
    if (free) return port;
  }
  throw new Error(`no port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is free: stop one of the servers there`);
}

// Asked for before the start, so that a Ctrl-C meanwhile leaves no server behind.
const asked = Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
const port = await firstFreePort();
// One directory a port, as a browser keeps one storage a port: two demos at once do not meet in one database.
const persist = new URL(`../.wrangler/demo-${port}`, import.meta.url).pathname;
// So that the page can restart it.
const server = await startServer({ port, persist, vars: { FAULTS: "allowed" } });

console.log(`\n  ${server.origin}\n\nOpen it in two browsers, or go to ${server.origin}/#side-by-side for two devices on one page. Ctrl-C stops the server; its data stays in .wrangler/demo-${port}.`);
await asked;
await server.stop();
