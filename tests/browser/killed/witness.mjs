// Whom a page tells what has resolved, and who outlives the page's browser.

import { once } from "node:events";
import { WebSocketServer } from "ws";
import { eventually } from "../poll.mjs";

/** Starts it on loopback, until `close()`. `told` is all that any page has told, in the order in which it came. */
export async function startWitness() {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const told = [];
  server.on("connection", (socket) => socket.on("message", (data) => told.push(String(data))));
  return {
    told,
    url: `ws://127.0.0.1:${server.address().port}`,
    hears: (count) => eventually(`${count} resolved`, () => told.length >= count, { bound: 60_000 }),
    close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
