import { HttpError } from "../http";
import { MAX_WAITING } from "./limits";
import type { Outbound } from "./outbound";
import type { Peer } from "./peer";

/** A hub's sockets, which hibernate. */
export class Sockets {
  constructor(private readonly ctx: DurableObjectState) {}

  /**
   * The answer to an upgrade.
   * @throws {HttpError} 429 where too many are open that have not authenticated: anybody may open those
   */
  open(peer: Peer, greeting: Outbound): Response {
    if (this.waiting().length >= MAX_WAITING) throw new HttpError(429, `${MAX_WAITING} sockets have yet to authenticate; close one.`);
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [peer.id]);
    this.keep(server, peer);
    this.send(server, greeting);
    return new Response(null, { status: 101, webSocket: client });
  }

  peer(socket: WebSocket): Peer {
    return socket.deserializeAttachment();
  }

  keep(socket: WebSocket, peer: Peer): void {
    socket.serializeAttachment(peer);
  }

  /** A socket that is closing refuses to send; it must not keep a frame from the others. */
  send(socket: WebSocket, frame: Outbound): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  /** Without a code, as Typelets does: the other side sees 1005. */
  close(socket: WebSocket): void {
    socket.close();
  }

  closeAll(): void {
    for (const socket of this.all()) this.close(socket);
  }

  all(): WebSocket[] {
    return this.ctx.getWebSockets().filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  waiting(): WebSocket[] {
    return this.all().filter((socket) => this.peer(socket).secret === undefined);
  }

  authenticated(): WebSocket[] {
    return this.all().filter((socket) => this.peer(socket).secret !== undefined);
  }
}
