// A server that knows BitMarks' document and nothing of what this repository adds: no ack, no echo, pull by time. Only where a test
// has it refuse an event does it say which one. It also serves the package, so that a page of its origin can dial it.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { eventually } from "./poll.mjs";

const PACKAGE = new URL("../../pkg/index.js", import.meta.url);
const SOFTWARE = new URL("../../pkg/software.js", import.meta.url);
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
  import * as sealwire from "/sealwire.js";
  globalThis.sealwire = sealwire;
</script>`;

export const USER_ID = "user_01ABC";

export async function startPeer() {
  const script = await readFile(PACKAGE);
  const peer = new Peer(script);
  await peer.listen();
  return peer;
}

class Peer {
  /** Frames from pages, parsed, as they came. */
  frames = [];
  /** Bodies of pulls, parsed, as they came. */
  pulls = [];
  /** The addresses that were dialled. */
  dialled = [];
  /** The close codes of sockets that have ended. */
  closed = [];
  /** By the id of an entity, the words with which its events are refused. */
  refused = new Map();
  /** It answers no pull, so that nothing tells what arrived. */
  isMute = false;
  /** The device that the greeting names; default: the one that dialled. */
  greets;
  #held = [];
  #script;
  #http;
  #sockets;

  constructor(script) {
    this.#script = script;
  }

  async listen() {
    this.#http = createServer((request, response) => this.#answer(request, response)).listen(0, "127.0.0.1");
    await once(this.#http, "listening");
    this.#sockets = new WebSocketServer({ server: this.#http, path: "/api/v1/sync/realtime" });
    this.#sockets.on("connection", (socket, request) => this.#connected(socket, new URL(request.url, this.origin)));
  }

  get origin() {
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  get url() {
    return `${this.origin.replace("http", "ws")}/api/v1/sync/realtime`;
  }

  /** The events that pages have sent. */
  get events() {
    return this.frames.filter(({ type }) => type === "sync").map(({ event }) => event);
  }

  /** Sends to all pages: text, bytes, or an object as JSON. */
  send(frame) {
    const data = typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame);
    for (const socket of this.#sockets.clients) socket.send(data);
  }

  /** Keeps an event of another device, and sends it on if a page is there. */
  take(event) {
    this.#held.push({ event, arrived: Date.now() });
    this.send({ type: "sync", event });
  }

  /** How many sockets are open. */
  get open() {
    return this.#sockets.clients.size;
  }

  /** The network loses all sockets. */
  drop() {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  received(count) {
    return eventually(`${count} events at the server`, () => this.events.length >= count && this.events);
  }

  close() {
    this.drop();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #connected(socket, url) {
    this.dialled.push(url);
    socket.on("close", (code) => this.closed.push(code));
    socket.on("message", (data) => {
      const frame = JSON.parse(data);
      this.frames.push(frame);
      if (frame.type === "ping") socket.send(JSON.stringify({ type: "pong" }));
      if (frame.type === "sync") this.#sent(socket, frame.event);
    });
    socket.send(JSON.stringify({ type: "connected", deviceId: this.greets ?? url.searchParams.get("device_id"), timestamp: Date.now() }));
  }

  #sent(socket, event) {
    const error = this.refused.get(event.entity_id);
    if (error) socket.send(JSON.stringify({ type: "error", id: event.id, code: "invalid", error }));
    else this.#held.push({ event, arrived: Date.now() });
  }

  async #answer(request, response) {
    const reply = (type, content) => response.writeHead(200, { "Content-Type": type }).end(content);
    switch (`${request.method} ${request.url}`) {
      case "GET /":
        return reply("text/html", PAGE);
      case "GET /sealwire.js":
        return reply("text/javascript", this.#script);
      case "GET /software.js":
        return reply("text/javascript", await readFile(SOFTWARE));
      case "GET /api/v1/sync/status":
        return reply("application/json", JSON.stringify({ user_id: USER_ID, last_sync: 0, pending_changes: 0, conflict_count: 0, total_bookmarks: 0 }));
      case "POST /api/v1/sync/pull":
        if (this.isMute) return response.writeHead(501).end();
        return reply("application/json", JSON.stringify(await this.#pull(request)));
      default:
        return response.writeHead(404).end();
    }
  }

  async #pull(request) {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    this.pulls.push(body);
    const changes = this.#held.filter(({ arrived }) => arrived > body.since).map(({ event }) => event);
    return { changes, last_sync_timestamp: Date.now(), has_more: false };
  }
}
