import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { bounded, cookieOf, dialAt, outcomeOf } from "../client.mjs";

export const GENERATIONS = ["seed", "latest"];
export const ANY_ID = "00000000-0000-4000-8000-000000000000";

export function newTeam() {
  return randomBytes(16).toString("base64url");
}

/** A user in one team, as a browser would hold it. */
export class Mate {
  #server;

  constructor(server, { user, team, secret }, cookie) {
    this.#server = server;
    this.id = user.id;
    this.user = user;
    this.secret = secret;
    this.team = team.id;
    this.cookie = cookie;
  }

  /** Makes a user who is a member of a team; without `team` in one of its own. */
  static async join(server, { name = "Ada Lovelace", team = newTeam(), generation } = {}) {
    const response = await glint(server, "POST", "/api/auth/demo", { body: { name, team, generation } });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    return new Mate(server, await response.json(), cookieOf(response));
  }

  /** The same user in its personal team. */
  personal() {
    const team = { id: `personal:${this.id}` };
    return new Mate(this.#server, { user: this.user, team, secret: this.secret }, this.cookie);
  }

  /** A request below the team's path. */
  ask(method, path, body, headers) {
    return glint(this.#server, method, `/api/teams/${this.team}${path}`, { cookie: this.cookie, body, headers });
  }

  /** The body of an answer that has to be `status`. */
  async expect(status, method, path, body) {
    const response = await this.ask(method, path, body);
    const text = await response.text();
    if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async makeSet(name = `Set ${randomUUID()}`) {
    return (await this.expect(201, "POST", "/sets", { name })).set.id;
  }

  async makeTodo(set, title = `Todo ${randomUUID()}`, parentId) {
    return (await this.expect(201, "POST", `/sets/${set}/todos`, { title, parentId })).todo;
  }

  async todos(set) {
    return (await this.expect(200, "GET", `/sets/${set}/todos`)).todos;
  }

  patch(id, body) {
    return this.expect(200, "PATCH", `/todos/${id}`, body);
  }

  setFaults(faults) {
    return this.expect(200, "POST", "/faults", faults);
  }

  /** Opens a socket; one of the latest generation is greeted, which `next()` shows. */
  async listen(set) {
    const socket = this.#dial(set);
    const listener = new SocketListener(socket);
    await bounded("the socket", once(socket, "open"));
    return listener;
  }

  /** What becomes of an upgrade, whatever headers it has. */
  upgrade(set, headers) {
    return outcomeOf(this.#dial(set, headers));
  }

  /** The response alone, which nobody reads yet. */
  openStream(set, signal) {
    return glint(this.#server, "GET", `/api/teams/${this.team}/sets/${set}/sse`, { cookie: this.cookie, signal });
  }

  async listenToStream(set) {
    const abort = new AbortController();
    return new StreamListener(await this.openStream(set, abort.signal), abort);
  }

  #dial(set, headers = { Cookie: this.cookie, Origin: this.#server.origin }) {
    return dialAt(this.#server, `/api/teams/${this.team}/sets/${set}/ws`, headers);
  }
}

/** Frames in the order in which they came, each until it is asked for. */
class Listener {
  #frames = [];
  #waiting = [];

  take(frame) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(frame);
    else this.#frames.push(frame);
  }

  next() {
    if (this.#frames.length > 0) return Promise.resolve(this.#frames.shift());
    return bounded("a frame", new Promise((resolve) => this.#waiting.push(resolve)));
  }

  async nextOf(count) {
    const frames = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** What came before an event that `mate` makes now: what is not among it has not been sent. */
  async before(mate, set) {
    const marker = await mate.makeTodo(set);
    const frames = [];
    for (;;) {
      const frame = await this.next();
      if (frame.todo?.id === marker.id) return frames;
      frames.push(frame);
    }
  }

  /** What nobody has asked for. */
  get left() {
    return this.#frames;
  }
}

export class SocketListener extends Listener {
  #socket;

  constructor(socket) {
    super();
    this.#socket = socket;
    this.closed = once(socket, "close").then(([code]) => code);
    this.closed.catch(() => {});
    socket.on("message", (data) => this.take(JSON.parse(data)));
  }

  send(text) {
    this.#socket.send(text);
  }

  async close() {
    this.#socket.close(1000);
    return bounded("the socket's end", this.closed);
  }
}

/** Reads an event stream as lines, so that its format is seen and not only what it means. */
export class StreamListener extends Listener {
  #abort;

  constructor(response, abort) {
    super();
    this.response = response;
    this.#abort = abort;
    this.lines = [];
    this.ended = this.#read().catch(() => {});
  }

  async #read() {
    let rest = "";
    for await (const chunk of this.response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        this.lines.push(line);
        if (line.startsWith("data: ")) this.take(JSON.parse(line.slice("data: ".length)));
      }
    }
  }

  async close() {
    this.#abort.abort();
    await bounded("the stream's end", this.ended);
  }
}

/** A request with the server's own `Origin`. `body` is sent as JSON, or as it is if it is a string. */
export function glint(server, method, path, { cookie, body, headers, signal } = {}) {
  return fetch(server.origin + path, {
    method,
    signal,
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    headers: { Origin: server.origin, ...(cookie && { Cookie: cookie }), ...headers },
  });
}
