import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env";
import { errorResponse, HttpError, readJson } from "../http";
import { isObject } from "../json";
import { CONVERSATION } from "./conversation";
import { Doorman } from "./doorman";
import { FaultSwitch } from "./fault-switch";
import { readFaults } from "./faults";
import { FolderStore } from "./folder-store";
import { isSigned, readFrame, type Frame, type SignedFrame } from "./inbound";
import { MAX_SIGNED_AGE_MS } from "./limits";
import { NoteStore } from "./note-store";
import { errorFrame, type Relay } from "./outbound";
import { countFrame, type Peer } from "./peer";
import { Pipeline } from "./pipeline";
import { refuseRequest, reply } from "./replies";
import { findRoute } from "./routes";
import { isSignedWith } from "./signature";
import { SocketStore } from "./socket-store";
import { Sockets } from "./sockets";

/** Whose hub is asked. Over REST the Worker has found out that it is the user who asks; a socket has yet to authenticate. */
export interface Visit {
  userId: string;
}

/**
 * One user's notes and folders, and the user's sockets.
 *
 * A hub that nobody has authenticated at has no tables: who opens sockets with made-up ids leaves nothing behind.
 */
export class NoteHub extends DurableObject<Env> {
  private readonly notes = new NoteStore(this.ctx.storage.sql);
  private readonly folders = new FolderStore(this.ctx.storage.sql);
  private readonly socketStore = new SocketStore(this.ctx.storage.sql);
  private readonly faults = new FaultSwitch(this.ctx.storage.sql, this.env.FAULTS === "allowed");
  private readonly sockets = new Sockets(this.ctx);
  private readonly doorman = new Doorman(this.ctx, this.env, this.sockets, this.faults);
  private readonly pipeline = new Pipeline();
  private readonly awakeSince = Date.now();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.forgetSockets();
  }

  /** Leaves memory, as in a restart of the server; the call itself fails by it. */
  restart(): void {
    this.ctx.abort("The demo restarts this object.");
  }

  /** An upgrade, or a request below `/typelets/api`. The visit comes in the header `Sealwire-Visit`, which only the Worker can set. */
  override fetch(request: Request): Promise<Response> {
    const { userId }: Visit = JSON.parse(request.headers.get("Sealwire-Visit")!);
    const response = request.headers.has("Upgrade") ? this.openSocket(userId) : this.answer(request, userId);
    return response.catch(errorResponse);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    return this.receive(socket, message).catch((fault) => {
      console.error("A frame could not be answered.", fault);
      this.refuse(socket, "The server failed; try again later.");
    });
  }

  /** Completes the closing handshake. */
  override webSocketClose(socket: WebSocket): void {
    this.sockets.close(socket);
    this.forgetSockets();
  }

  override webSocketError(): void {
    this.forgetSockets();
  }

  override alarm(): Promise<void> {
    return this.doorman.endLate(Date.now());
  }

  private async openSocket(userId: string): Promise<Response> {
    if (this.faults.takes("refuseSockets")) throw new HttpError(503, "Service temporarily unavailable. Please try again.");
    return this.doorman.admit(userId);
  }

  private async answer(request: Request, userId: string): Promise<Response> {
    this.create();
    if (this.faults.allowed && new URL(request.url).pathname === "/faults") return this.answerFaults(request);
    const { route, id } = findRoute(request.method, request.url);
    const refusal = refuseRequest(request, this.faults);
    if (refusal) return refusal;

    const { notes, folders, socketStore: sockets } = this;
    const response = await route.answer({ request, userId, id, notes, folders, sockets, faults: this.faults.current() });
    return reply(request, response, this.faults);
  }

  private async receive(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const now = Date.now();
    const peer = this.sockets.peer(socket);
    const withinLimit = countFrame(peer, now);
    this.sockets.keep(socket, peer);
    if (!withinLimit) return this.refuse(socket, "Rate limit exceeded. Please slow down.");

    const reading = readFrame(message);
    if ("refused" in reading) return this.refuse(socket, reading.refused);
    const frame = isSigned(reading.frame) ? await this.unwrap(reading.frame, peer, now) : reading.frame;
    if (!frame) return this.refuse(socket, "Message authentication failed");
    return this.hear(socket, peer, frame);
  }

  private async hear(socket: WebSocket, peer: Peer, frame: Frame): Promise<void> {
    if (frame.type === "ping") return this.sockets.send(socket, { type: "pong", timestamp: Date.now() });
    if (frame.type === "auth") {
      if (await this.doorman.authenticate(socket, frame)) this.create();
      return;
    }
    if (peer.secret === undefined) return this.refuse(socket, "Authentication required");
    const answer = CONVERSATION.get(frame.type);
    if (!answer) return this.refuse(socket, "Unknown message type");
    answer({
      frame,
      peer,
      notes: this.notes,
      folders: this.folders,
      sockets: this.socketStore,
      pipeline: this.pipeline,
      faults: this.faults,
      answer: (outbound) => this.sockets.send(socket, outbound),
      relay: (relay, joined) => this.relay(socket, relay, joined),
      close: () => this.sockets.close(socket),
    });
  }

  /**
   * The frame within a signed one; none if the signature is not the socket's or the nonce was used before. Nothing else comes in
   * meanwhile, so that frames are answered in the order in which they were sent.
   */
  private async unwrap(frame: SignedFrame, peer: Peer, now: number): Promise<Frame | undefined> {
    const { secret } = peer;
    const good = secret !== undefined && (await this.ctx.blockConcurrencyWhile(() => isSignedWith(secret, frame, now)));
    if (!good || !this.socketStore.useNonce(peer, frame.nonce, frame.timestamp + MAX_SIGNED_AGE_MS, now)) return undefined;
    return isObject(frame.payload) ? frame.payload : {};
  }

  private relay(from: WebSocket, frame: Relay, joined: string | undefined): void {
    if (this.faults.takes("dropRelays")) return;
    for (const socket of this.sockets.authenticated()) {
      if (socket === from || (joined !== undefined && !this.socketStore.hasJoined(this.sockets.peer(socket), joined))) continue;
      this.sockets.send(socket, frame);
    }
  }

  /**
   * `POST /faults` takes the place of all earlier faults; `GET /faults` tells them. Both tell since when the object is in memory, and
   * how much it keeps of its sockets.
   */
  private async answerFaults(request: Request): Promise<Response> {
    if (request.method !== "GET" && request.method !== "POST") throw new HttpError(405, "Use GET, POST here.", { Allow: "GET, POST" });
    if (request.method === "POST") {
      const { faults, closeSockets } = readFaults(await readJson(request));
      this.faults.set(faults);
      if (closeSockets) this.sockets.closeAll();
    }
    return Response.json({ faults: this.faults.current(), awakeSince: this.awakeSince, kept: this.socketStore.counts() });
  }

  private create(): void {
    if (this.notes.exists()) return;
    for (const store of [this.notes, this.folders, this.socketStore, this.faults]) store.create();
  }

  private forgetSockets(): void {
    this.socketStore.keepOnly(this.sockets.all().map((socket) => this.sockets.peer(socket).id));
  }

  private refuse(socket: WebSocket, message: string): void {
    this.sockets.send(socket, errorFrame(message));
  }
}
