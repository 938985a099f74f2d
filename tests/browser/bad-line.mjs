// A proxy on loopback between a page and its server, whose WebSockets go over a bad line. To a page it is the server.

import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Bytes that a slice has. */
const SLICE = 7;
/** Milliseconds between two pieces on a slow line. */
const TICK_MS = 50;
const TEXT_FRAME = 0x81;

/** Starts a line to `server`, until `close()`. */
export async function startBadLine(server) {
  const line = new BadLine(new URL(server.origin));
  await line.listen();
  return line;
}

class BadLine {
  /**
   * What becomes of sockets: "good", "slice" (bytes come a few at a time), "twice" (each text frame of the server comes twice), "reset" (each
   * socket ends in a reset after so many pieces as `resetAfter` says), "blackHole" (whatever is sent vanishes, dials and requests too, and
   * nothing closes), "unavailable" (dials are answered by 503).
   */
  fault = "good";
  resetAfter = 10;
  /** Bytes that a page can send in a second. */
  rate = Infinity;
  /** Requests to the API are answered by 503 and this `Retry-After`, as long as there is one. */
  retryAfter;
  /** Sockets that pages dialled. */
  dialled = 0;
  /** When the last one was, in milliseconds. */
  dialledAt;
  #target;
  #http;
  #wires = new Set();

  constructor(target) {
    this.#target = target;
  }

  async listen() {
    this.#http = createServer((request, response) => {
      this.#answer(request, response).catch(() => request.socket.destroy());
    }).listen(0, "127.0.0.1");
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    await once(this.#http, "listening");
  }

  get origin() {
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  /** From now on the sockets that there are go nowhere, and nobody says so: not even that they are to close. New ones are good. */
  halfOpen() {
    for (const wire of this.#wires) wire.isDead = true;
  }

  /** Ends all sockets by a reset. */
  reset() {
    for (const wire of this.#wires) wire.reset();
  }

  /** Sockets whose page has not gone. */
  get open() {
    return this.#wires.size;
  }

  close() {
    this.reset();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #answer(request, response) {
    const { hostname, port } = this.#target;
    const body = Buffer.concat(await request.toArray());
    if (this.fault === "blackHole") return; // Until the page gives up.
    if (this.retryAfter && request.url.startsWith("/api/")) return response.writeHead(503, { "Retry-After": this.retryAfter }).end();
    const forwarded = ask({ hostname, port, method: request.method, path: request.url, headers: this.#asItsOwn(request.headers), agent: false }).end(body);
    const [answer] = await once(forwarded, "response");
    // A connection that is used again would be repeated on by the browser itself.
    response.writeHead(answer.statusCode, { ...answer.headers, connection: "close" });
    response.on("close", () => answer.destroy());
    answer.pipe(response);
  }

  #upgrade({ url, headers }, page, head) {
    this.dialled += 1;
    this.dialledAt = Date.now();
    page.on("error", () => {});
    if (this.fault === "unavailable") return page.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const wire = new Wire(this, page, server);
    this.#wires.add(wire);
    page.on("close", () => this.#wires.delete(wire));
    if (this.fault === "blackHole") return server.destroy();
    // Frames are told apart here, so they are not to be compressed.
    const { "sec-websocket-extensions": _, ...kept } = this.#asItsOwn(headers);
    const lines = Object.entries(kept).map(([name, value]) => `${name}: ${value}\r\n`);
    server.write(`GET ${url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    server.write(head);
    wire.carry();
  }

  #asItsOwn(headers) {
    return { ...headers, host: this.#target.host, ...(headers.origin && { origin: this.#target.origin }) };
  }
}

class Wire {
  isDead = false;
  #line;
  #page;
  #server;
  #pieces = 0;

  constructor(line, page, server) {
    this.#line = line;
    this.#page = page;
    this.#server = server;
    for (const socket of [page, server]) socket.setNoDelay(true).on("error", () => {});
    server.on("close", () => this.#isOpen && page.destroy());
    page.on("close", () => server.destroy());
  }

  carry() {
    const frames = new Frames();
    let isUpgraded = false;
    this.#pump(this.#page, this.#server, (piece) => piece);
    this.#pump(this.#server, this.#page, (piece) => {
      if (this.#line.fault !== "twice" && isUpgraded) return frames.pass(piece, 1);
      if (isUpgraded) return frames.pass(piece, 2);
      const end = piece.indexOf("\r\n\r\n") + 4;
      isUpgraded = true;
      return Buffer.concat([piece.subarray(0, end), frames.pass(piece.subarray(end), 1)]);
    });
  }

  reset() {
    this.#page.resetAndDestroy();
  }

  get #isOpen() {
    return !this.isDead && this.#line.fault !== "blackHole";
  }

  /** Reads from one end only what the other can have. */
  async #pump(from, to, change) {
    try {
      for await (const piece of from.iterator({ destroyOnReturn: false })) {
        if (!this.#isOpen) continue;
        await this.#send(to, change(piece), to === this.#server);
        this.#pieces += 1;
        if (this.#line.fault === "reset" && this.#pieces > this.#line.resetAfter) this.reset();
      }
    } catch {
      // It was reset.
    }
    if (this.#isOpen) to.end();
  }

  async #send(to, bytes, isUp) {
    const rate = isUp ? this.#line.rate : Infinity;
    const size = this.#line.fault === "slice" ? SLICE : rate === Infinity ? bytes.length : Math.ceil((rate * TICK_MS) / 1_000);
    for (let start = 0; start < bytes.length; start += size) {
      if (!this.#isOpen) return;
      if (rate !== Infinity) await sleep(TICK_MS);
      if (!to.write(bytes.subarray(start, start + size))) await once(to, "drain");
      if (this.#line.fault === "slice") await new Promise(setImmediate);
    }
  }
}

/** The frames of a server, which are not masked. */
class Frames {
  #rest = Buffer.alloc(0);

  /** Of what came the whole frames, text as often as wished. */
  pass(piece, times) {
    this.#rest = Buffer.concat([this.#rest, piece]);
    const passed = [];
    for (let length; (length = this.#lengthOfNext()) <= this.#rest.length; ) {
      const frame = this.#rest.subarray(0, length);
      for (let time = 0; time < (frame[0] === TEXT_FRAME ? times : 1); time++) passed.push(frame);
      this.#rest = this.#rest.subarray(length);
    }
    return Buffer.concat(passed);
  }

  #lengthOfNext() {
    if (this.#rest.length < 2) return Infinity;
    const short = this.#rest[1];
    if (short < 126) return 2 + short;
    if (short === 126) return this.#rest.length < 4 ? Infinity : 4 + this.#rest.readUInt16BE(2);
    return this.#rest.length < 10 ? Infinity : 10 + Number(this.#rest.readBigUInt64BE(2));
  }
}
