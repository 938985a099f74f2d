// A proxy on loopback between a page and the server, which loses what it is told to.

import { EventEmitter, once } from "node:events";
import { createServer, request as ask } from "node:http";
import { connect } from "node:net";

/** What becomes of one request. `asked`: it does not reach the server; `answered`: the server has carried it out. */
const FAULTS = {
  requestLost: { at: "asked", act: (socket) => socket.resetAndDestroy() },
  requestHeld: { at: "asked" },
  answerLost: { at: "answered", act: (socket) => socket.resetAndDestroy() },
  answerCut: { at: "answered", act: cutAmid },
  answerHeld: { at: "answered" },
};

/** Which requests of Glint are its API's, and which of them can be struck. */
const GLINT = { api: "/api/", writes: "/api/teams/" };

/** Starts a proxy of `server`, until `close()`. To a page it is the server. `paths`: what the addresses of the API, and of its writes, begin with. */
export async function startProxy(server, paths = GLINT) {
  const proxy = new FaultProxy(new URL(server.origin), paths);
  await proxy.listen();
  return proxy;
}

class FaultProxy {
  /** `{ method, path, body }` of every write that reached the server, in this order. */
  writes = [];
  #target;
  #paths;
  #http;
  #isCut = false;
  #faults = [];
  /** The page's connections to the API. */
  #lines = new Set();

  constructor(target, paths) {
    this.#target = target;
    this.#paths = paths;
  }

  async listen() {
    this.#http = createServer((request, response) => {
      // The server, or the page, may have gone amid it.
      this.#answer(request, response).catch(() => request.socket.destroy());
    }).listen(0, "127.0.0.1");
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    await once(this.#http, "listening");
  }

  get origin() {
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  /** From now on the API cannot be reached; the page itself can. */
  cut() {
    this.#isCut = true;
    for (const socket of this.#lines) socket.destroy();
  }

  mend() {
    this.#isCut = false;
  }

  /**
   * Lets a fault strike the next write that `matches`. `struck` resolves when it has; what is held goes on at `release()`, also where the page
   * has gone.
   */
  strike(fault, matches = () => true) {
    const events = new EventEmitter();
    const [struck, released] = [once(events, "struck"), once(events, "released")];
    this.#faults.push({ ...FAULTS[fault], matches, strike: () => events.emit("struck"), released });
    return { struck, release: () => events.emit("released") };
  }

  close() {
    this.cut();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #answer(request, response) {
    const { method, url: path, socket } = request;
    const body = Buffer.concat(await request.toArray());
    if (path.startsWith(this.#paths.api)) {
      if (this.#isCut) return socket.destroy();
      this.#watch(socket);
    }
    const write = { method, path, body: body.length === 0 ? undefined : JSON.parse(body) };
    const fault = this.#faultOf(write);
    if (await this.#strikes(fault, "asked", socket)) return;
    if (this.#isWrite(write)) this.writes.push(write);
    const answer = await this.#forward(request, body);
    if (fault?.at !== "answered") return passOn(answer, (response) => answer.pipe(response), response);
    const content = Buffer.concat(await answer.toArray());
    if (await this.#strikes(fault, "answered", socket, content)) return;
    passOn(answer, (response) => response.end(content), response);
  }

  /** Whether nothing is left to do. */
  async #strikes(fault, at, socket, content) {
    if (fault?.at !== at) return false;
    fault.strike();
    if (!fault.act) await fault.released;
    fault.act?.(socket, content);
    return fault.act !== undefined;
  }

  #faultOf(write) {
    const index = this.#isWrite(write) ? this.#faults.findIndex(({ matches }) => matches(write)) : -1;
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0];
  }

  async #forward({ method, url: path, headers }, body) {
    const { hostname, port } = this.#target;
    const forwarded = ask({ hostname, port, method, path, headers: this.#asItsOwn(headers), agent: false }).end(body);
    const [answer] = await once(forwarded, "response");
    return answer;
  }

  #upgrade({ url, headers }, socket, head) {
    socket.on("error", () => {});
    if (this.#isCut) return socket.destroy();
    this.#watch(socket);
    const server = connect(Number(this.#target.port), this.#target.hostname);
    server.on("error", () => {});
    server.on("close", () => socket.destroy());
    socket.on("close", () => server.destroy());
    const lines = Object.entries(this.#asItsOwn(headers)).map(([name, value]) => `${name}: ${value}\r\n`);
    server.write(`GET ${url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    server.write(head);
    socket.pipe(server).pipe(socket);
  }

  #isWrite({ method, path }) {
    return path.startsWith(this.#paths.writes) && !path.endsWith("/faults") && !["GET", "HEAD", "OPTIONS"].includes(method);
  }

  #asItsOwn(headers) {
    return { ...headers, host: this.#target.host, ...(headers.origin && { origin: this.#target.origin }) };
  }

  #watch(socket) {
    this.#lines.add(socket);
    socket.on("close", () => this.#lines.delete(socket));
  }
}

/** A browser repeats a request by itself where a connection that it uses again is lost before the answer; here it uses none again. */
function passOn(answer, send, response) {
  response.writeHead(answer.statusCode, { ...answer.headers, connection: "close" });
  response.on("close", () => answer.destroy());
  send(response);
}

/** The network is gone in the middle of the answer. */
function cutAmid(socket, content) {
  const half = content.subarray(0, content.length / 2);
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${content.length}\r\n\r\n`);
  socket.write(half, () => socket.destroy());
}
