import type { SyncEvent, WebSocketOutbound } from "../../../pkg-template/src/types";

/** Why something that a client sent was not taken; PROTOCOL.md says what a client does about each code. */
export interface Refusal {
  code: "invalid" | "forbidden" | "too_large" | "too_far_future" | "unavailable";
  /** What is wrong and what to do; never anything that the client sent. */
  error: string;
  /** The event's id, where it could be read. */
  id?: string;
  /** Seconds. */
  retryAfter?: number;
}

export function connectedFrame(deviceId: string, now: number): string {
  return encode({ type: "connected", deviceId, timestamp: now, features: ["ack", "seq"] });
}

export function pongFrame(now: number): string {
  return encode({ type: "pong", timestamp: now });
}

export function syncFrame(event: SyncEvent): string {
  return encode({ type: "sync", event });
}

export function ackFrame(id: string): string {
  return encode({ type: "ack", ids: [id] });
}

export function errorFrame(refusal: Refusal): string {
  return encode({ type: "error", ...refusal });
}

function encode(frame: WebSocketOutbound): string {
  return JSON.stringify(frame);
}
