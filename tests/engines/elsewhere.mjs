// Pages that come from elsewhere than their server, and a server whose cookie is for other sites.

import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { connect } from "node:net";
import { startServer } from "../worker/server.mjs";
import { serve } from "../package/browser.mjs";
import { writePages } from "./server.mjs";

/**
 * Starts all of them. `sameSite` and `otherSite` are addresses of pages whose origins the server lists, `unlisted` of one that it does not; `partitioned` is the
 * server by a way on which its cookie becomes `SameSite=None; Secure; Partitioned`.
 */
export async function startElsewhere() {
  const { assets, remove } = await writePages();
  const [host, stranger] = await Promise.all([serve(assets), serve(assets)]);
  // To browsers an address of numbers and a name are two sites.
  const otherSite = host.origin.replace("127.0.0.1", "localhost");
  const server = await startServer({ assets, vars: { ALLOWED_ORIGINS: [host.origin, otherSite].join(), FAULTS: "allowed" } });
  const partitioned = await startRewriting(server, "SameSite=None; Secure; Partitioned");
  return {
    server,
    partitioned,
    sameSite: host.origin,
    otherSite,
    unlisted: stranger.origin,
    async stop() {
      for (const one of [host, stranger, partitioned]) one.close();
      await server.stop();
      await remove();
    },
  };
}

/** Hands everything on to the server, and the cookie of a session back with other rules. */
export async function startRewriting(server, rules) {
  const { hostname, port } = new URL(server.origin);
  const proxy = createServer((request, response) => {
    const { method, url: path, headers } = request;
    const forwarded = ask({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const cookies = answer.headers["set-cookie"]?.map((cookie) => cookie.replace("SameSite=Strict", rules));
      response.writeHead(answer.statusCode, { ...answer.headers, ...(cookies && { "set-cookie": cookies }), connection: "close" });
      answer.pipe(response);
    });
    request.pipe(forwarded);
  }).listen(0, "127.0.0.1");
  proxy.on("upgrade", ({ url, headers }, socket) => {
    const line = connect(Number(port), hostname);
    for (const [one, other] of [[line, socket], [socket, line]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    line.write(`GET ${url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    socket.pipe(line).pipe(socket);
  });
  await once(proxy, "listening");
  return {
    origin: `http://127.0.0.1:${proxy.address().port}`,
    close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
