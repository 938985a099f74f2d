import { createHmac, randomBytes } from "node:crypto";
import { bounded, Device, dialAt, outcomeOf, User } from "../client.mjs";

export const ANY_ID = "00000000-0000-4000-8000-000000000000";
export const SEALED = "[ENCRYPTED]";

/** A user with notes, as an app would hold it. */
export class Writer {
  #server;

  constructor(server, user, token) {
    this.#server = server;
    this.user = user;
    this.id = user.id;
    this.token = token;
  }

  /** Makes a user. */
  static async join(server) {
    const user = await User.register(server);
    return new Writer(server, user, (await mint(server, user.cookie)).token);
  }

  /** What the demo tells of a new token for this user. */
  mint(ttl) {
    return mint(this.#server, this.user.cookie, ttl);
  }

  /** A request below the API's path. */
  ask(method, path, body, headers) {
    return rest(this.#server, method, path, { token: this.token, body, headers });
  }

  /** The body of an answer that has to be `status`. */
  async expect(status, method, path, body) {
    const response = await this.ask(method, path, body);
    const text = await response.text();
    if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  makeNote(fields) {
    return this.expect(201, "POST", "/notes", sealed(fields));
  }

  note(id) {
    return this.expect(200, "GET", `/notes/${id}`);
  }

  /** All notes on the first page of 50. */
  async notes() {
    return (await this.expect(200, "GET", "/notes?limit=50")).notes;
  }

  makeFolder(name = "Folder", fields) {
    return this.expect(201, "POST", "/folders", { name, ...fields });
  }

  async setFaults(faults) {
    return (await this.expect(200, "POST", "/faults", faults)).faults;
  }

  /** A socket that has been greeted. */
  async dial() {
    const socket = new NoteSocket(this.#dial());
    socket.greeting = await socket.next();
    return socket;
  }

  /** A socket that has authenticated, and has joined `noteIds`. */
  async connect(...noteIds) {
    const socket = await this.dial();
    const { type, sessionSecret } = await socket.authenticate(this.token);
    if (type !== "auth_success") throw new Error(`a socket was not let in: ${type}`);
    socket.secret = sessionSecret;
    for (const noteId of noteIds) await socket.join(noteId);
    return socket;
  }

  /** What becomes of an upgrade, whatever headers it has. */
  upgrade(headers) {
    return outcomeOf(this.#dial(headers));
  }

  #dial(headers = { Origin: this.#server.origin }) {
    return dialAt(this.#server, `/typelets/ws?user_id=${this.id}`, headers);
  }
}

export class NoteSocket extends Device {
  authenticate(token) {
    return this.ask({ type: "auth", token });
  }

  /** Sends a frame and resolves to the next that comes. */
  ask(frame) {
    this.send(frame);
    return this.next();
  }

  join(noteId) {
    return this.ask({ type: "join_note", noteId });
  }

  update(noteId, changes) {
    return this.ask({ type: "note_update", noteId, changes });
  }

  async nextOf(count) {
    const frames = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** The code with which the server has ended it. */
  async end() {
    return (await bounded("the socket's end", this.closed)).code;
  }
}

/** What a new sealed note holds. The server reads nothing of it. */
export function sealed(fields) {
  const random = (bytes) => randomBytes(bytes).toString("base64");
  const ciphertext = { encryptedTitle: random(21), encryptedContent: random(40), iv: random(16), salt: random(32) };
  return { title: SEALED, content: SEALED, ...ciphertext, ...fields };
}

export function sign(secret, payload, { timestamp = Date.now(), nonce = randomBytes(16).toString("base64") } = {}) {
  const text = JSON.stringify({ payload, timestamp, nonce });
  return { payload, signature: createHmac("sha256", secret).update(text).digest("base64"), timestamp, nonce };
}

/** A request below the API's path, by default without an `Origin`, as an app's server would send it. */
export function rest(server, method, path, { token, body, headers } = {}) {
  const raw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  return fetch(`${server.origin}/typelets/api${path}`, {
    method,
    body: raw ? body : JSON.stringify(body),
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
  });
}

export function askForToken(server, { cookie, ttl, origin = server.origin } = {}) {
  const query = ttl === undefined ? "" : `?ttl=${ttl}`;
  return fetch(`${server.origin}/typelets/demo/token${query}`, { method: "POST", headers: { Origin: origin, ...(cookie && { Cookie: cookie }) } });
}

async function mint(server, cookie, ttl) {
  const response = await askForToken(server, { cookie, ttl });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

export function closeAll(...sockets) {
  return Promise.all(sockets.map((socket) => socket.close()));
}
