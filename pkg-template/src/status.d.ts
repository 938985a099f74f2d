/** The state of a manager, and what a bug report has of it. Times are milliseconds since 1970 (UTC). */

import type { ErrorCode } from "./types.d.ts";

// ───────────────────────────── status ─────────────────────────────

/**
 * `idle`: not asked to connect · `connecting`: dialling, greeting or checking the account · `catching_up`: reading what
 * was missed · `live` · `reconnecting`: waiting for the next attempt · `stopped`: until `reconnect()`; `reason` says why ·
 * `following`: another tab of this device has the connection, and this one has what that one gets. A page that is seen and has something to send
 * takes the connection over from a tab that the browser has frozen.
 */
export type ConnectionState = "idle" | "connecting" | "catching_up" | "live" | "reconnecting" | "stopped" | "following";

/** A snapshot; a new object only when something changed. */
export interface Status {
  /** Where the connection stands. */
  state: ConnectionState;
  /** Why it is not live, where there is a reason. */
  reason: ErrorCode | null;
  /** Stored changes that the server has not confirmed, the refused ones not counted. */
  pending: number;
  /** Those of them that were sent on this connection; counted in the tab that has it. */
  inFlight: number;
  /** Changes that the server refused for good. */
  wedged: number;
  /** When the oldest unconfirmed change was made; `null` if there is none. */
  oldestPending: number | null;
  /** How this server confirms; `null` until it is known, and in a tab that never had the connection. */
  confirmation: "ack" | "echo" | "pull" | "push" | "pong" | "none" | null;
  /** Where changes are kept. */
  storage: "indexeddb" | "localstorage" | "memory";
  /** Whether the server has told that the session is this account's; `unknown` in a tab that never had the connection. */
  account: "unknown" | "verified" | "unverified";
  /**
   * Whether the key is the account's: `unknown`: nothing is sent yet · `verified`: something of the account opened with it, or the account was
   * empty · `unchecked`: this server cannot be asked, so it is taken on trust. Where nothing that the server has opens, `state` is `stopped` and
   * `reason` `key_mismatch`.
   */
  key: "unknown" | "verified" | "unchecked";
  /** Failed attempts since the connection was last stable. */
  attempts: number;
  /** When the next attempt is made: earlier, if the browser goes online or the page is seen before; not before the server wants it. `null` if none is planned. */
  retryAt: number | null;
  /** When something from the server was last merged or confirmed, by this tab or the one that has the connection; `null` if never in this page. */
  lastSync: number | null;
  /** Events stamped more than 5 minutes ahead of the clock, kept until their time has come; counted in the tab that has the connection. */
  held: number;
  /** The close code and reason of the last socket that was lost. */
  lastClose: { code: number; reason: string } | null;
}

// ───────────────────────────── bug reports ─────────────────────────────

/** What was counted since the manager was opened, in this tab. */
export interface Counters {
  /** Frames that were sent on sockets, and their bytes of UTF-8. */
  framesSent: number;
  /** Of those frames, as UTF-8. */
  bytesSent: number;
  /** Frames that came on sockets. */
  framesReceived: number;
  /** Of those frames, as UTF-8. */
  bytesReceived: number;
  /** Sockets (of Glint, streams too) that were dialled; all but the first are `reconnects`. */
  dials: number;
  /** Sockets that were dialled after the first. */
  reconnects: number;
  /** HTTP requests. */
  requests: number;
  /** Changes that were sent again, because it was not known whether they had arrived. */
  resends: number;
  /** Changes of other devices that met one of this device that was not confirmed; of Typelets' notes, `conflict` events. Always 0 with Glint. */
  conflicts: number;
}

/** What `RealtimeSyncManager.diagnostics` gives. */
export interface Diagnostics<S = Status> {
  /** Of this package. */
  version: string;
  /** When the report was made. */
  at: number;
  /** `null` while the engine is being loaded, as `server` is. */
  dialect: "bitmarks" | "glint" | "typelets" | null;
  /** Scheme, host and port. */
  server: string | null;
  /** What `status` is. */
  status: S;
  /** What was counted. */
  counters: Counters;
  /** The latest 20 errors, the last one last; one that came again and again is one. */
  errors: { code: ErrorCode; at: number; times: number }[];
  /** What the browser has, and how it sees the page. */
  page: {
    userAgent: string;
    /** Without it there is no WebCrypto. */
    isSecure: boolean;
    isOnline: boolean;
    /** `null` in a worker. */
    isVisible: boolean | null;
    hasIndexedDb: boolean;
    /** Web Locks, by which one tab becomes the one that sends. */
    hasLocks: boolean;
    hasBroadcastChannel: boolean;
  };
}
