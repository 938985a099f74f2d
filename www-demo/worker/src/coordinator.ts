import { DurableObject } from "cloudflare:workers";
import type { SyncEvent } from "../../../pkg-template/src/types";
import { Account } from "./account";
import type { Env } from "./env";
import { readEvent } from "./event";
import { Profile, type TeamOfUser, type User } from "./glint/profile";
import { readFrame } from "./inbound";
import { MAX_SOCKETS } from "./limits";
import { EventLog, type Page, type PageQuery } from "./log";
import { ackFrame, connectedFrame, errorFrame, pongFrame, syncFrame } from "./outbound";

const POLICY_VIOLATION = 1008;

/** Whose socket it is. It is kept with the socket while the object hibernates. */
export interface Peer {
  userId: string;
  deviceId: string;
  /** Hash of the session's token. */
  session: string;
}

/**
 * One user's account, events and sockets.
 *
 * Its methods are called by the Worker, which has authenticated the caller. Nothing is awaited between storing an event and sending
 * it on, so the order of broadcast is the order of acceptance. Nothing that is sent leaves the object before the writes ahead of it
 * are durable (the platform's output gate), so an `ack` needs no waiting of its own.
 */
export class SyncCoordinator extends DurableObject<Env> {
  private readonly account = new Account(this.ctx.storage.sql);
  private readonly log = new EventLog(this.ctx.storage.sql);
  private readonly profile = new Profile(this.ctx.storage.sql);

  async register(secretHash: string, tokenHash: string): Promise<void> {
    this.account.create(secretHash);
    this.log.create();
    await this.openSession(tokenHash);
  }

  /** Opens a session if the secret is the account's, and tells whether it is. */
  async signIn(secretHash: string, tokenHash: string): Promise<boolean> {
    const known = this.account.hasSecret(secretHash);
    if (known) await this.openSession(tokenHash);
    return known;
  }

  hasSession(tokenHash: string): boolean {
    return this.account.hasSession(tokenHash, Date.now());
  }

  async refresh(tokenHash: string): Promise<void> {
    this.account.renewSession(tokenHash, this.newExpiry());
    await this.wakeAtNextExpiry();
  }

  signOut(tokenHash: string): void {
    this.account.endSession(tokenHash);
    this.closeSocketsOf(tokenHash);
  }

  pull(query: PageQuery): Page {
    return this.log.page(query);
  }

  /** Takes checked events in their order, as if each had come over a socket of its own. */
  push(events: SyncEvent[]): void {
    for (const event of events) this.take(event, Date.now());
  }

  status(): { lastSync: number; bookmarks: number } {
    return { lastSync: this.log.end("arrived_at"), bookmarks: this.log.bookmarks() };
  }

  /** What Glint shows of the user. */
  user(userId: string): User {
    return this.profile.read(userId);
  }

  /** Gives the user a name unless there is one. */
  nameOnce(name: string): void {
    this.profile.nameOnce(name);
  }

  /** Puts a team that the user has joined on the user's list. */
  listTeam(team: TeamOfUser): void {
    this.profile.list(team);
  }

  /** Leaves memory, as in a restart of the server; the call itself fails by it. */
  restart(): void {
    this.ctx.abort("The demo restarts this object.");
  }

  /** The upgrade; the peer comes in the header `Sealwire-Peer`, which only the Worker can set. */
  override fetch(request: Request): Response {
    if (this.ctx.getWebSockets().length >= MAX_SOCKETS) {
      return Response.json({ error: `The account has ${MAX_SOCKETS} sockets open; close one.` }, { status: 429 });
    }
    const peer: Peer = JSON.parse(request.headers.get("Sealwire-Peer")!);
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [peer.session]);
    server.serializeAttachment(peer);
    server.send(connectedFrame(peer.deviceId, Date.now()));
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const now = Date.now();
    const frame = readFrame(message);
    switch (frame.type) {
      // By hand: the platform's automatic answers are fixed strings and could not tell the time.
      case "ping":
        return send(socket, pongFrame(now));
      case "refused":
        return send(socket, errorFrame(frame.refusal));
      case "sync": {
        const { userId }: Peer = socket.deserializeAttachment();
        const reading = readEvent(frame.event, userId, now);
        return "refusal" in reading ? send(socket, errorFrame(reading.refusal)) : this.sync(socket, reading.event, now);
      }
    }
  }

  /** Completes the closing handshake. The peer's code is not sent back, because some of them may not be sent. */
  override webSocketClose(socket: WebSocket): void {
    socket.close(1000);
  }

  /** Ends the sessions that have expired: a socket that only listens would not notice otherwise. */
  override async alarm(): Promise<void> {
    for (const ended of this.account.endExpired(Date.now())) this.closeSocketsOf(ended);
    await this.wakeAtNextExpiry();
  }

  private sync(socket: WebSocket, event: SyncEvent, now: number): void {
    try {
      this.take(event, now, socket);
      send(socket, ackFrame(event.id));
    } catch (fault) {
      console.error("An event could not be stored.", fault);
      const error = "The server could not store the event; send it again later.";
      send(socket, errorFrame({ code: "unavailable", error, id: event.id, retryAfter: 30 }));
    }
  }

  /** Stores the event unless the log has a newer one, and sends what is stored to all sockets but `from`. */
  private take(event: SyncEvent, now: number, from?: WebSocket): void {
    if (!this.log.take(event, now)) return;
    const frame = syncFrame(event);
    for (const socket of this.ctx.getWebSockets()) {
      if (socket !== from) send(socket, frame);
    }
  }

  private async openSession(tokenHash: string): Promise<void> {
    for (const ended of this.account.openSession(tokenHash, this.newExpiry())) this.closeSocketsOf(ended);
    await this.wakeAtNextExpiry();
  }

  private newExpiry(): number {
    return Date.now() + Number(this.env.SESSION_SECONDS) * 1000;
  }

  private async wakeAtNextExpiry(): Promise<void> {
    const next = this.account.nextExpiry();
    if (next !== null) await this.ctx.storage.setAlarm(next);
  }

  private closeSocketsOf(session: string): void {
    for (const socket of this.ctx.getWebSockets(session)) socket.close(POLICY_VIOLATION, "The session has ended; sign in again.");
  }
}

/** A socket that is closing refuses to send; it must not keep a frame from the others. */
function send(socket: WebSocket, frame: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(frame);
}
