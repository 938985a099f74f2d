import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import WebSocket from "ws";

const BOUND_MS = 10_000;

/** An account of the server with one session, as a browser would hold it. */
export class User {
  #server;

  /** @param {string} cookie `session=…`, as it is sent back */
  constructor(server, id, secret, cookie) {
    this.#server = server;
    this.id = id;
    this.secret = secret;
    this.cookie = cookie;
  }

  static async register(server) {
    const response = await request(server, "POST", "/auth/register");
    const { user_id: id, secret } = await response.json();
    return new User(server, id, secret, cookieOf(response));
  }

  /** The same account in another session. */
  async signInAgain() {
    const response = await request(this.#server, "POST", "/auth/session", { body: { user_id: this.id, secret: this.secret } });
    return new User(this.#server, this.id, this.secret, cookieOf(response));
  }

  get(path, headers) {
    return request(this.#server, "GET", path, { cookie: this.cookie, headers });
  }

  post(path, body, headers) {
    return request(this.#server, "POST", path, { cookie: this.cookie, body, headers });
  }

  async status() {
    return (await this.get("/sync/status")).json();
  }

  async pull(query) {
    return (await this.post("/sync/pull", query)).json();
  }

  /** All events of the account, in the order in which the server took them. */
  async log() {
    return (await this.pull({ after_seq: 0, limit: 10_000 })).changes;
  }

  /** Opens a socket and waits for `connected`. */
  async device(deviceId) {
    const query = new URLSearchParams({ user_id: this.id, ...(deviceId && { device_id: deviceId }) });
    const device = new Device(dial(this.#server, `?${query}`, { Cookie: this.cookie, Origin: this.#server.origin }));
    device.connected = await device.next();
    return device;
  }

  /** An event of this account that the server takes, but for what `fields` change. */
  event(fields = {}) {
    const body = Buffer.from(`sealed ${randomUUID()}`);
    return {
      id: `sync_${randomUUID()}`,
      user_id: this.id,
      entity_type: "bookmark",
      entity_id: `bm_${randomUUID()}`,
      operation: "create",
      timestamp: Date.now(),
      device_id: "laptop",
      encrypted_data: body.toString("base64"),
      data_hash: createHash("sha256").update(body).digest("hex"),
      conflict_resolved: false,
      ...fields,
    };
  }
}

/** One open socket. Frames are kept in the order in which they came until they are asked for. */
export class Device {
  #socket;
  #frames = [];
  #waiting = [];

  constructor(socket) {
    this.#socket = socket;
    this.closed = once(socket, "close").then(([code, reason]) => ({ code, reason: reason.toString() }));
    this.closed.catch(() => {});
    socket.on("message", (data) => {
      const frame = JSON.parse(data);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(frame);
      else this.#frames.push(frame);
    });
  }

  send(frame) {
    this.#socket.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** The next frame that came or comes. */
  next() {
    if (this.#frames.length > 0) return Promise.resolve(this.#frames.shift());
    return bounded("a frame", new Promise((resolve) => this.#waiting.push(resolve)));
  }

  /** What came so far: the server answers in order, so that nothing it sent earlier is behind the `pong`. */
  async received() {
    this.send({ type: "ping" });
    const frames = [];
    for (;;) {
      const frame = await this.next();
      if (frame.type === "pong") return frames;
      frames.push(frame);
    }
  }

  /** Sends an event and resolves to the answer. */
  sync(event) {
    this.send({ type: "sync", event });
    return this.next();
  }

  /** Breaks the connection without a closing handshake. */
  vanish() {
    this.#socket.terminate();
  }

  async close() {
    this.#socket.close(1000);
    return bounded("the socket's end", this.closed);
  }
}

/** A request to the API. `body` is sent as JSON, or as it is if it is a string or bytes. `Origin` is the server's own. */
export function request(server, method, path, { cookie, body, headers } = {}) {
  const raw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  return fetch(`${server.origin}/api/v1${path}`, {
    method,
    body: raw ? body : JSON.stringify(body),
    headers: { ...(method === "POST" && { Origin: server.origin }), ...(cookie && { Cookie: cookie }), ...headers },
  });
}

/** The status of an upgrade, and of a refused one the error. */
export function upgrade(server, query, headers) {
  return outcomeOf(dial(server, query, headers));
}

/** What became of a dial. The socket is not used any further. */
export async function outcomeOf(socket) {
  const outcome = await bounded(
    "the upgrade's answer",
    Promise.race([
      once(socket, "open").then(() => ({ status: 101 })),
      once(socket, "unexpected-response").then(async ([, response]) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        return { status: response.statusCode, ...JSON.parse(text) };
      }),
    ]),
  );
  socket.on("error", () => {});
  socket.terminate();
  return outcome;
}

export function cookieOf(response) {
  return response.headers.get("Set-Cookie").split(";")[0];
}

/** Rejects when `promise` takes too long, so that a test fails with a name and not by hanging. */
export async function bounded(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${BOUND_MS} ms`)), BOUND_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function dial(server, query, headers) {
  return dialAt(server, `/api/v1/sync/realtime${query}`, headers);
}

export function dialAt(server, path, headers) {
  const url = server.origin.replace("http", "ws") + path;
  // After a close frame of its own accord the local runtime keeps the TCP connection for 10 s; like a browser, do not wait for that.
  return new WebSocket(url, { headers, perMessageDeflate: false, closeTimeout: 200 });
}
