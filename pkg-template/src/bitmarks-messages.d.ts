/** What travels between a page and a server of BitMarks; PROTOCOL.md has when each is sent. */

import type { BitmarksEntity, Operation } from "./types.d.ts";

/** An event on BitMarks' wire. */
export interface SyncEvent {
  /** `sync_` and a random UUID. */
  id: string;
  /** The account; set by some servers. */
  user_id: string;
  /** Of what type the entity is. */
  entity_type: BitmarksEntity;
  /** 1 to 256 bytes as UTF-8. */
  entity_id: string;
  /** What happens to it; `create` and `update` both carry the whole entity. */
  operation: Operation;
  /** When it was made, by its author's corrected clock. */
  timestamp: number;
  /** Its author's device: 1 to 64 printable ASCII characters. */
  device_id: string;
  /** Base64; in a plain delete absent. */
  encrypted_data?: string;
  /** Lower-case hex SHA-256; of what, the format says. */
  data_hash: string;
  /** `false` in events of this client. */
  conflict_resolved: boolean;
  /** Never sent by this client. */
  resolution_strategy?: string | null;
}

/** From the page to the server. */
export type WebSocketInbound = { type: "sync"; event: SyncEvent } | { type: "ping" };

/** From the server to the page. */
export type WebSocketOutbound =
  | { type: "connected"; deviceId: string; timestamp: number; features?: ("ack" | "seq")[] }
  | { type: "pong"; timestamp?: number }
  | { type: "sync"; event: SyncEvent }
  | { type: "ack"; ids: string[] }
  | { type: "error"; error: string; id?: string; code?: string; retryAfter?: number };
