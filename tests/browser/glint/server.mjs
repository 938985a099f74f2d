// A Glint server of any of the three generations, in memory, as PROTOCOL.md has them. It also serves the package, so that a page of its
// origin can use it.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { eventually } from "../poll.mjs";

const PACKAGE = new URL("../../../pkg/glint.js", import.meta.url);
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
  import * as sealwire from "/glint.js";
  globalThis.sealwire = sealwire;
</script>`;

export const ME = { id: "user_1", username: "ada", displayName: "Ada", avatarUrl: null };
export const TEAM = "team/1"; // has to be encoded wherever it stands in an address

export async function startGlint(options) {
  const server = new GlintServer(await readFile(PACKAGE), options);
  await server.listen();
  return server;
}

class GlintServer {
  /** 1, 2 or 3. */
  generation;
  /** How it tells of news: "socket", "stream" where sockets are cut, or "none" as on a plan without it. */
  live = "socket";
  /** Who is signed in; `null`: nobody. */
  user = ME;
  /** What has to be among a request's cookies to be that one; `null`: nothing. */
  cookie = null;
  /** The other origin whose pages may use it; `null`: none. */
  welcomes = null;
  /** It does not let such pages read what is the answer to a probe, and to who is signed in. */
  isTerse = false;
  /** It takes requests, and answers none: as if the network were gone. */
  isDown = false;
  /** It carries the next write out, and then the network is gone. */
  losesNextReply = false;
  /** By the path's last part, the status and words with which writes are refused. */
  refused = new Map();
  /** `{ method, path, body }` of every write, as they came. */
  writes = [];
  /** How often something was dialled: sockets and streams. */
  dialled = { socket: 0, stream: 0 };
  /** How often a set was read. */
  listings = 0;
  #sets = new Map([["inbox", new Map()], ["later", new Map()]]);
  #lastId = 0;
  #script;
  #http;
  #sockets = new WebSocketServer({ noServer: true });
  /** Open sockets and streams, each with its set. */
  #listeners = new Set();

  constructor(script, { generation = 3 } = {}) {
    this.#script = script;
    this.generation = generation;
  }

  async listen() {
    this.#http = createServer((request, response) => this.#answer(request, response)).listen(0, "127.0.0.1");
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    await once(this.#http, "listening");
  }

  get origin() {
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  /** The titles of a set. */
  titles(setId) {
    return [...this.#sets.get(setId).values()].map(({ title }) => title).sort();
  }

  todo(setId, title) {
    return [...this.#sets.get(setId).values()].find((todo) => todo.title === title);
  }

  /** Another person makes a todo. */
  add(setId, fields) {
    return this.#create(setId, { userId: "user_2", ...fields });
  }

  /** Another person claims a todo, on servers before the third generation. */
  claimedByAnother(setId, title) {
    const todo = this.todo(setId, title);
    const claim = { claimedBy: "user_2", claimedByName: "Bob", claimedByAvatar: null };
    Object.assign(todo, claim);
    this.tell(setId, { type: "todo:claimed", id: todo.id, ...claim, claimedByUsername: "bob" });
  }

  written(count) {
    return eventually(`${count} writes at the server`, () => this.writes.length >= count && this.writes);
  }

  /** How many pages hear of a set. */
  listening(setId) {
    return [...this.#listeners].filter((listener) => listener.setId === setId).length;
  }

  /** Tells all that hear of a set. */
  tell(setId, event) {
    for (const listener of this.#listeners) if (listener.setId === setId) listener.send(JSON.stringify({ setId, ...event }));
  }

  /** Ends all sockets and streams. */
  cut() {
    for (const { end } of this.#listeners) end();
  }

  close() {
    this.cut();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #listen(setId, send, end) {
    const listener = { setId, send, end };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #upgrade(request, socket, head) {
    const { setId } = placeOf(request);
    this.dialled.socket += 1;
    const isWelcome = [this.origin, this.welcomes].includes(request.headers.origin);
    if (this.isDown || this.live !== "socket" || !isWelcome || !this.#userOf(request) || !this.#sets.has(setId)) {
      socket.destroy();
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.on("close", this.#listen(setId, (text) => ws.send(text), () => ws.terminate()));
      if (this.generation > 1) ws.send(JSON.stringify({ type: "realtime:ready" }));
    });
  }

  async #answer(request, response) {
    const { method } = request;
    const { path, setId, todoId, route } = placeOf(request);
    if (path === "/") return response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    if (path === "/glint.js") return response.writeHead(200, { "Content-Type": "text/javascript" }).end(this.#script);
    const text = Buffer.concat(await request.toArray()).toString();
    const reply = (status, content) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(content));
    if (this.isDown) return request.socket.destroy();
    const headers = this.#headersFor(request, path);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (method === "OPTIONS") return response.writeHead(204).end();
    const user = this.#userOf(request);
    if (path === "/api/auth/me") return reply(200, { user: user && { ...user, teams: [] } });
    if (!user) return reply(401, { error: "Unauthorized" });
    if (route === "ws") return this.#probed(method, reply);
    if (route === "sse" && this.generation > 1) return this.#stream(setId, request, response);
    if (method === "GET") return this.#read(setId, route, reply);
    return this.#write({ method, path, setId, todoId, route, body: text === "" ? undefined : JSON.parse(text) }, request, reply);
  }

  #userOf({ headers }) {
    const isKnown = this.cookie === null || (headers.cookie ?? "").split("; ").includes(this.cookie);
    return isKnown ? this.user : null;
  }

  /** What a page of another origin may do and read. A probe and a reading without content are not announced by the browser. */
  #headersFor({ method, headers: { origin } }, path) {
    const isProbe = method === "HEAD" || path.endsWith("/ws") || path === "/api/auth/me";
    if (origin === undefined || origin !== this.welcomes || (this.isTerse && isProbe)) return { Vary: "Origin" };
    const may = { "Access-Control-Allow-Methods": "GET, POST, PATCH, PUT, DELETE", "Access-Control-Allow-Headers": "Content-Type" };
    return { Vary: "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", ...(method === "OPTIONS" && may) };
  }

  #probed(method, reply) {
    if (this.live === "none") return reply(503, { error: "Realtime sync is not available on this deployment" });
    if (method === "HEAD" && this.generation > 1) return reply(200, {});
    return reply(426, { error: "Expected WebSocket upgrade" });
  }

  #stream(setId, request, response) {
    this.dialled.stream += 1;
    response.writeHead(200, { "Content-Type": "text/event-stream" }).write(": ping\n\n");
    request.socket.on("close", this.#listen(setId, (text) => response.write(`data: ${text}\n\n`), () => request.socket.destroy()));
  }

  #read(setId, route, reply) {
    if (route === "sse") return reply(404, { error: "Not found" });
    if (route === "sets") return reply(200, { sets: [...this.#sets.keys()].map((id) => ({ id, name: id })), role: "owner" });
    if (!this.#sets.has(setId)) return reply(404, { error: "Set not found" });
    this.listings += 1;
    return reply(200, { todos: [...this.#sets.get(setId).values()], role: "owner", permissions: [] });
  }

  #write(write, request, reply) {
    const { method, path, body, todoId, route } = write;
    this.writes.push({ method, path, body });
    const refusal = this.refused.get(todoId ?? route);
    if (refusal) return reply(...refusal);
    const [status, content] = this.#carryOut(write);
    if (!this.losesNextReply) return reply(status, content);
    this.losesNextReply = false;
    // Not before the answer has begun: a browser sends anew by itself what a connection that it uses again did not answer at all.
    request.socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{", () => request.socket.destroy());
  }

  #carryOut({ method, setId, todoId, route, body }) {
    if (method === "POST" && route === "todos") return [201, { todo: this.#create(setId, { userId: this.user.id, ...body }) }];
    if (route === "reorder") return this.#reorder(body);
    const [set, todos] = [...this.#sets].find(([, todos]) => todos.has(todoId)) ?? [];
    if (!todos) return [404, { error: "Todo not found" }];
    const todo = todos.get(todoId);
    if ((this.generation === 3 ? ["claim"] : ["assignees", "move"]).includes(route)) return [404, { error: "Not found" }];
    switch (`${method} ${route}`) {
      case "PATCH todo":
        Object.assign(todo, body);
        this.tell(set, { type: "todo:updated", todo: { id: todoId, ...body } });
        return [200, { ok: true }];
      case "DELETE todo":
        todos.delete(todoId);
        this.tell(set, { type: "todo:deleted", id: todoId });
        return [200, { ok: true }];
      case "POST claim":
        return this.#claim(set, todo);
      case "PUT assignees":
        todo.assignees = body.userIds.map((userId) => ({ userId, name: null, username: null, avatarUrl: null }));
        this.tell(set, { type: "todo:assigned", id: todoId, assignees: todo.assignees });
        return [200, { ok: true }];
      case "POST move":
        todo.parentId = null;
        for (const moved of familyOf(todos, todo)) {
          todos.delete(moved.id);
          this.#sets.get(body.targetSetId).set(moved.id, moved);
        }
        for (const told of [set, body.targetSetId]) this.tell(told, { type: "todo:moved", id: todoId, fromSetId: set, toSetId: body.targetSetId });
        return [200, { ok: true }];
      default:
        return [404, { error: "Not found" }];
    }
  }

  #create(setId, { userId, title, parentId = null }) {
    const id = `t${++this.#lastId}`;
    const now = new Date().toISOString();
    const holder = this.generation === 3 ? { assignees: [] } : { claimedBy: null, claimedByName: null, claimedByAvatar: null };
    const todo = { id, userId, parentId, title: title.trim(), completed: false, sortOrder: this.#lastId, commentCount: 0, ...holder, createdAt: now, updatedAt: now };
    this.#sets.get(setId).set(id, todo);
    this.tell(setId, { type: "todo:created", todo });
    return todo;
  }

  #reorder({ setId, items }) {
    for (const { id, sortOrder } of items) Object.assign(this.#sets.get(setId).get(id) ?? {}, { sortOrder });
    this.tell(setId, { type: "todo:reordered", items });
    return [200, { ok: true }];
  }

  /** A toggle. */
  #claim(set, todo) {
    const isMine = todo.claimedBy === this.user.id;
    if (todo.claimedBy !== null && !isMine) return [409, { error: "Already claimed by another user" }];
    Object.assign(todo, { claimedBy: isMine ? null : this.user.id, claimedByName: isMine ? null : this.user.displayName });
    const { id, claimedBy, claimedByName, claimedByAvatar } = todo;
    this.tell(set, { type: "todo:claimed", id, claimedBy, claimedByName, claimedByAvatar });
    return [200, { ok: true }];
  }
}

/** A todo and all below it. */
function familyOf(todos, todo) {
  return [todo, ...[...todos.values()].filter(({ parentId }) => parentId === todo.id).flatMap((child) => familyOf(todos, child))];
}

/** What a request is about. */
function placeOf({ url }) {
  const path = new URL(url, "http://localhost").pathname;
  const [, team, rest] = path.match(/^\/api\/teams\/([^/]+)\/(.+)$/) ?? [];
  if (team === undefined) return { path };
  if (decodeURIComponent(team) !== TEAM) return { path, route: "unknown" };
  const [kind, id, route] = rest.split("/").map(decodeURIComponent);
  if (kind === "sets") return { path, setId: id, route: route ?? "sets" };
  if (id === "reorder") return { path, route: "reorder" };
  return { path, todoId: id, route: route ?? "todo" };
}
