// A Typelets server in memory, after PROTOCOL.md, which can be told to do what no good one does. It also serves the package, so that a page of its
// origin can use it. Any token that is not empty is taken, unless it is told otherwise.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { eventually } from "../poll.mjs";
import { PACKAGE, PAGE } from "./page.mjs";

export const USER = "user/1"; // has to be encoded wherever it stands in an address

export async function startTypelets() {
  const server = new TypeletsServer(await readFile(PACKAGE));
  await server.listen();
  return server;
}

class TypeletsServer {
  /** Whose notes they are. */
  userId = USER;
  /** What frames are to be signed with. */
  secret;
  /** It takes no connection to its API: as if it were not there. */
  isDown = false;
  /** How often a socket was dialled. */
  dialled = 0;
  /** Frames of clients, signed ones as they came. */
  frames = [];
  /** `{ method, path, body, token }` of each request to the API. */
  requests = [];
  /** Given a frame and what sends another one back, whether that is all of the answer. */
  hear = () => false;
  /** Given a request, `[status, content]` in place of the answer; content that is no object goes as it is. `undefined`: as a good server. */
  answer = () => undefined;
  notes = new Map();
  folders = new Map();
  #lastId = 0;
  #script;
  #http;
  #upgrades = new WebSocketServer({ noServer: true });
  /** Sockets that have authenticated, with the notes that they have joined. */
  #sockets = new Map();

  constructor(script) {
    this.#script = script;
  }

  async listen() {
    this.#http = createServer((request, response) => this.#reply(request, response)).listen(0, "127.0.0.1");
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    await once(this.#http, "listening");
  }

  get origin() {
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  get options() {
    return { url: `${this.origin.replace("http", "ws")}/ws`, api: `${this.origin}/api`, userId: USER };
  }

  /** Another client makes a note. */
  add(fields) {
    return this.#make(this.notes, { starred: false, archived: false, deleted: false, hidden: false, folderId: null, ...fields });
  }

  /** Sends a frame, or text that is none, to all sockets. */
  tell(frame) {
    for (const socket of this.#sockets.keys()) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Ends all sockets. */
  cut() {
    for (const socket of this.#upgrades.clients) socket.terminate();
  }

  heard(type, count = 1) {
    return eventually(`${count} of ${type}`, () => this.frames.filter((frame) => frame.type === type), { until: (frames) => frames.length >= count });
  }

  close() {
    this.cut();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #make(rows, fields) {
    const now = new Date().toISOString();
    const row = { id: `row ${++this.#lastId}`, userId: this.userId, ...fields, createdAt: now, updatedAt: now };
    rows.set(row.id, row);
    return row;
  }

  #save(row, fields) {
    return Object.assign(row, fields, { updatedAt: new Date().toISOString() });
  }

  #upgrade(request, socket, head) {
    this.dialled += 1;
    if (this.isDown) return socket.destroy();
    this.#upgrades.handleUpgrade(request, socket, head, (ws) => {
      const send = (frame) => ws.send(JSON.stringify(frame));
      ws.on("message", (data) => {
        const frame = JSON.parse(data);
        this.frames.push(frame);
        if (!this.hear(frame, send, ws)) this.#take(ws, frame.payload ?? frame, send);
      });
      ws.on("close", () => this.#sockets.delete(ws));
      send({ type: "connection_established", message: "Please authenticate to continue" });
    });
  }

  #take(ws, { type, noteId, changes }, send) {
    switch (type) {
      case "auth":
        this.#sockets.set(ws, new Set());
        return send({ type: "auth_success", message: "Welcome", userId: this.userId, sessionSecret: this.secret });
      case "ping":
        return send({ type: "pong", timestamp: Date.now() });
      case "join_note":
        this.#sockets.get(ws).add(noteId);
        return send({ type: "note_joined", noteId });
      case "leave_note":
        this.#sockets.get(ws).delete(noteId);
        return send({ type: "note_left", noteId });
      case "note_update":
        if (!this.notes.has(noteId)) return send({ type: "error", message: "Note not found" });
        return send({ type: "note_update_success", noteId, updatedNote: this.#save(this.notes.get(noteId), changes), timestamp: Date.now() });
    }
  }

  async #reply(request, response) {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    if (pathname === "/") return response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    if (pathname === "/typelets.js") return response.writeHead(200, { "Content-Type": "text/javascript" }).end(this.#script);
    const text = Buffer.concat(await request.toArray()).toString();
    if (this.isDown) return request.socket.destroy();
    const [, kind, id] = pathname.match(/^\/api\/(notes|folders)(?:\/(.+))?$/) ?? [];
    const asked = { method: request.method, path: pathname.slice("/api".length), body: text === "" ? undefined : JSON.parse(text), token: request.headers.authorization };
    this.requests.push(asked);
    const rows = kind === "notes" ? this.notes : this.folders;
    const carryOut = () => this.#carryOut(asked, rows, kind, id && decodeURIComponent(id), Number(searchParams.get("page")));
    const [status, content] = (await this.answer(asked, carryOut)) ?? carryOut();
    response.writeHead(status, { "Content-Type": "application/json" }).end(typeof content === "string" ? content : JSON.stringify(content));
  }

  #carryOut({ method, body }, rows, kind, id, page) {
    if (kind === undefined || (id !== undefined && !rows.has(id))) return [404, { error: "Not found" }];
    const row = rows.get(id);
    switch (method) {
      case "GET": {
        if (row) return [200, row];
        const all = [...rows.values()].sort((one, other) => (one.updatedAt < other.updatedAt ? 1 : -1));
        return [200, { [kind]: all.slice((page - 1) * 50, page * 50), pagination: { page, limit: 50, total: all.length, pages: Math.ceil(all.length / 50) } }];
      }
      case "POST":
        return [201, kind === "notes" ? this.add(body) : this.#make(rows, body)];
      case "PUT":
        return [200, this.#save(row, body)];
      case "DELETE":
        if (kind === "notes") return [200, this.#save(row, { deleted: true })];
        rows.delete(id);
        return [200, {}];
    }
  }
}

/**
 * Opens a page with storage of its own, until the test ends; `openTab` opens another one of the same profile. In it `sealwire` is the package, and
 * there is what `prepare` makes. `options` are the manager's.
 */
export async function openTypeletsPage(browser, t, prepare, { options = {}, damage } = {}) {
  const server = await startTypelets();
  t.after(() => server.close());
  const context = await browser.newContext();
  t.after(() => context.close());
  if (damage) await context.addInitScript(damage);
  await context.addInitScript(prepare, { options: { ...server.options, masterPassword: "horse", ...options } });
  const openTab = async () => {
    const page = await context.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    const reload = async () => {
      await page.goto(server.origin);
      await page.waitForFunction(() => globalThis.sealwire !== undefined);
      await page.evaluate(() => (globalThis.askForToken = () => ((asked += 1), `token ${asked}`)));
    };
    await reload();
    return { page, problems, reload };
  };
  return { server, context, openTab, ...(await openTab()) };
}
