import type { Env } from "../env";
import type { FaultSwitch } from "./fault-switch";
import type { Frame } from "./inbound";
import { AUTHENTICATE_MS, MAX_SOCKETS } from "./limits";
import { errorFrame } from "./outbound";
import { newSecret, type Peer } from "./peer";
import type { Sockets } from "./sockets";
import { verifyToken } from "./token";

/**
 * A signature is verified here within the turn of its frame, where Typelets asks its database and a login service. This wait keeps
 * what was sent behind `auth`, without waiting for `auth_success`, outside as it is there.
 */
const VERIFY_MS = 20;

/** Lets sockets in: each has to authenticate, in time, as the user whose hub it has dialled. */
export class Doorman {
  /** Those whose token is being looked at. */
  private readonly busy = new WeakSet<WebSocket>();

  constructor(
    private readonly ctx: DurableObjectState,
    private readonly env: Env,
    private readonly sockets: Sockets,
    private readonly faults: FaultSwitch,
  ) {}

  /** The answer to an upgrade. */
  async admit(userId: string): Promise<Response> {
    const now = Date.now();
    const peer: Peer = { id: crypto.randomUUID(), userId, authenticateBy: now + AUTHENTICATE_MS, windowFrom: now, frames: 0 };
    const response = this.sockets.open(peer, { type: "connection_established", message: "Please authenticate to continue" });
    // By an alarm and not a timer, which would not outlive hibernation.
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(peer.authenticateBy);
    return response;
  }

  /** `auth {token}`. A socket that is in may do so again, and gets a new secret. Resolves to whether the token was good. */
  async authenticate(socket: WebSocket, { token }: Frame): Promise<boolean> {
    if (this.busy.has(socket)) {
      this.sockets.send(socket, errorFrame("Authentication is under way"));
      return false;
    }
    this.busy.add(socket);
    try {
      const verdict = await verifyToken(token, this.env);
      await scheduler.wait(VERIFY_MS + this.faults.current().authenticateAfterMs);
      const peer = this.sockets.peer(socket);
      if ("refused" in verdict) return this.turnAway(socket, verdict.refused);
      if (verdict.userId !== peer.userId) return this.turnAway(socket, "auth-failed");
      return this.letIn(socket, peer);
    } finally {
      this.busy.delete(socket);
    }
  }

  /** Ends what has not authenticated in time, and wakes again for the rest. */
  async endLate(now: number): Promise<void> {
    for (const socket of this.sockets.waiting()) {
      if (this.sockets.peer(socket).authenticateBy > now) continue;
      this.sockets.send(socket, errorFrame("Authentication timeout. Connection will be closed."));
      this.sockets.close(socket);
    }
    const next = Math.min(...this.sockets.waiting().map((socket) => this.sockets.peer(socket).authenticateBy));
    if (next < Infinity) await this.ctx.storage.setAlarm(next);
  }

  private turnAway(socket: WebSocket, reason: "token-expired" | "auth-failed"): false {
    const message = reason === "token-expired" ? "Token expired" : "Authentication failed";
    this.sockets.send(socket, { type: "auth_failed", message, reason });
    this.sockets.close(socket);
    return false;
  }

  private letIn(socket: WebSocket, peer: Peer): boolean {
    if (peer.secret === undefined && this.sockets.authenticated().length >= MAX_SOCKETS) {
      this.sockets.send(socket, errorFrame("Maximum connections exceeded for this user"));
      this.sockets.close(socket);
      return false;
    }
    const secret = newSecret();
    this.sockets.keep(socket, { ...peer, secret });
    this.sockets.send(socket, { type: "auth_success", message: "Authentication successful", userId: peer.userId, sessionSecret: secret });
    return true;
  }
}
