/// <reference lib="esnext.disposable" />

/**
 * The public surface of `sealwire`.
 *
 * What is marked `@later` is decided but not in this version: calling it throws a {@link SyncError} with code
 * `not_available`. Times are milliseconds since 1970 (UTC) and durations are milliseconds unless a name says otherwise.
 *
 * @module sealwire
 */

import type { SoftwareCiphers } from "./software.d.ts";
import type { Diagnostics, Status } from "./status.d.ts";

export type { SyncEvent, WebSocketInbound, WebSocketOutbound } from "./bitmarks-messages.d.ts";
export type { ConnectionState, Counters, Diagnostics, Status } from "./status.d.ts";

// ───────────────────────────── opening a manager ─────────────────────────────

/**
 * The key that seals an account's data.
 *
 * - `Uint8Array`: exactly 32 random bytes. They are imported as a key that scripts cannot export; the array is left as it is.
 * - `CryptoKey`: algorithm HKDF with usages `deriveKey` and `deriveBits`; not for `bitmarks-plain`.
 * - `{ password, salt }`: PBKDF2-SHA256. `salt` is 16 bytes or more, `iterations` 600,000 unless given
 *   (100,000 in `bitmarks-plain`, whose servers fix it).
 */
export type Key = Uint8Array | CryptoKey | { password: string; salt: Uint8Array; iterations?: number };

/**
 * The keys of an account that has had more than one, each with its generation, a whole number that the app gives: the highest seals, all
 * open. Keys of former generations that this device keeps need not be given again.
 */
export type KeyRing = { generation: number; key: Key }[];

/** How a payload is sealed. `sealwire-v1` unless an older client has to read it; PROTOCOL.md says what each protects. */
export type Format = "sealwire-v1" | "bitmarks-plain";

/** What every dialect takes. */
export interface CommonOptions {
  /**
   * This device's id: 1 to 64 printable ASCII characters.
   * Default: the one stored for this account, else an existing `bitmarks_device_id` in localStorage, else a new one.
   */
  deviceId?: string;
  /** How many changes may wait for the server. Above it `pushChange` rejects with `queue_full`. Default 100,000. */
  maxQueue?: number;
  /**
   * Milliseconds a change waits before it is sent, so that a later one can take its place; storing is never delayed. Sent at once when the page is
   * hidden, and before `disconnect()`. 0 to 3,600,000, default 0. */
  debounce?: number;
  /**
   * Where a server confirms in no way at all: `"pong"` takes the pong that follows a change for its confirmation. That is not one: a server may
   * answer pings without storing anything. Default `"auto"`, which keeps the change; PROTOCOL.md, "Confirmation".
   */
  confirm?: "auto" | "pong";
}

/** Options of {@link bitmarks}. */
export interface BitmarksOptions extends CommonOptions {
  /** The socket: `wss://HOST/api/v1/sync/realtime` or `ws://…`. */
  url: string;
  /** The base of the HTTP routes. Default: `url` as http(s), less `/sync/realtime`. */
  api?: string;
  /** The account: well-formed Unicode, 1 to 256 bytes as UTF-8. It is part of the database's name and checked against the server. */
  userId: string;
  /** The key of the account's data, or its key ring. Default: the one that this device keeps; where it keeps none, `open` rejects with `key_missing`. */
  key?: Key | KeyRing;
  /** `true`: fills the `Uint8Array` that was given as the key, or those of the ring, with zeros once it is copied. Default `false`. */
  wipeKey?: boolean;
  /** Default `"sealwire-v1"`. */
  format?: Format;
  /** Ciphers of `sealwire/software`, for a page without `crypto.subtle`, where `open` rejects with `not_supported` without them. The key is not kept then. Default none. */
  software?: SoftwareCiphers;
  /**
   * How the key is kept on this device, beside the device id and the queue. `true`, the default: as a `CryptoKey` that scripts cannot export;
   * who reads the disk can. `{ password }`: wrapped under it (PBKDF2-SHA256, 600,000 iterations), to be given at each start; not for a key that
   * is a `CryptoKey`. `false`: in memory only, to be given at each start. Without IndexedDB it is never kept.
   */
  persistKey?: boolean | { password: string };
  /**
   * Formats besides `format` that may be opened while an account moves from one to the other; what it writes is in `format`. Events of
   * `bitmarks-plain` are then believed as their envelope says. Default none: such an event is refused. What is pushed again as it is, is sealed
   * anew in `format`, and under the newest key; once everything is, `accept` can go.
   */
  accept?: Format[];
  /**
   * Compress contents of more than `above` bytes before they are sealed, by the browser's deflate; 0 to 8,388,608. A content may then have up
   * to 8 MiB, if its frame stays below the limit. Default off, because lengths can then tell what is inside to who can add to it. Not for
   * `bitmarks-plain`. Every device has to have this version.
   */
  compress?: { above: number };
}

/** Options of {@link glint}, which are those of `sealwire/glint`. */
export interface GlintOptions extends CommonOptions {
  /** The server, as `https://HOST`. */
  origin: string;
  /** The team; `personal:<userId>` is one too. */
  teamId: string;
  /** The set to follow. */
  setId: string;
  /** Who is signed in. */
  me: { id: string; name?: string; username?: string; avatarUrl?: string };
}

/** Options of {@link typelets}, of which `sealwire/typelets` has more. */
export interface TypeletsOptions extends CommonOptions {
  /** The socket. Default: `ws://localhost:3000` on a local page, else the page's host. */
  url?: string;
  /** The base of the REST routes. Default `/api` on the socket's host. */
  api?: string;
  /** The account. */
  userId: string;
  /** Asked for a fresh token before each socket. */
  getToken: () => string | Promise<string>;
  /** Default `"sealed"`. */
  content?: "sealed" | "plain";
  /** Derives the key where `content` is `"sealed"`. Default none. */
  masterPassword?: string;
}

/** A dialect with its options, as {@link RealtimeSyncManager.open} takes it. */
export type DialectOptions =
  | ({ dialect: "bitmarks" } & BitmarksOptions)
  | ({ dialect: "glint" } & GlintOptions)
  | ({ dialect: "typelets" } & TypeletsOptions);

/** Fourth argument of the positional constructor. */
export interface PositionalOptions extends CommonOptions {
  /** Default `wss://app.bitmarks.sh/api/v1/sync/realtime`. */
  url?: string;
  /** The base of the HTTP routes, by default as in {@link BitmarksOptions.api}. */
  api?: string;
  /** Default `"bitmarks-plain"`, which BitMarks' own service reads. */
  format?: Format;
}

// ───────────────────────────── changes ─────────────────────────────

/** What happens to an entity. `update` replaces the whole entity. */
export type Operation = "create" | "update" | "delete";

/** The entity types of BitMarks. */
export type BitmarksEntity = "bookmark" | "history" | "group";

/** Entity types and what they hold; give your own to {@link RealtimeSyncManager}. */
export type EntityMap = Record<string, unknown>;

/** Where a change came from: this manager, another tab, another device, or shown again after a cancel, discard or refusal. */
export type Origin = "local" | "tab" | "remote" | "restored";

/** The argument of `on("change")`. `entityId` with `operation` is all there is of a delete. */
export interface Change<T = unknown> {
  /** What happened to it. */
  operation: Operation;
  /** One of the app's types of entity; with types of its own it tells which `data` there is. */
  entityType: string;
  /** 1 to 256 bytes as UTF-8. */
  entityId: string;
  /** The whole entity; absent for a delete. */
  data?: T;
  /** Where it came from. */
  origin: Origin;
  /** When it was made, by its author's corrected clock; 0 where nothing is shown again after a change was taken back. */
  timestamp: number;
  /** The author's device. */
  deviceId: string;
  /** The same as `operation`, as the BitMarks sample spells it. */
  type: Operation;
  /** The same as `data`, as the BitMarks sample spells it. */
  entity?: T;
}

/**
 * How safe a stored change is: `strict`: on disk; `relaxed`: the browser may lose it with the power;
 * `memory`: gone with the page.
 */
export type Durability = "strict" | "relaxed" | "memory";

/** How a change ended. */
export type Outcome = "confirmed" | "superseded" | "unchanged" | "cancelled" | "discarded";

/** What `pushChange` resolves to, once the change is stored. */
export interface Receipt {
  /** The event's id on the wire. */
  readonly id: string;
  /** How safe the stored change is; one that IndexedDB has is `strict`, or `relaxed` where the browser does not take the option. */
  readonly durability: Durability;
  /** Resolves when the change has ended; never rejects; stays pending while the server refuses it. */
  readonly acknowledged: Promise<Outcome>;
  /** Takes the change back while it was never attempted; resolves to whether it did. What was below it is shown again. @throws {SyncError} `storage_failed`, `closed` */
  cancel(): Promise<boolean>;
}

/** An entity as it is shown now: the newest of what the server confirmed and what waits to be sent. */
export interface Entity<T = unknown> {
  /** One of the app's types of entity. */
  entityType: string;
  /** 1 to 256 bytes as UTF-8. */
  entityId: string;
  /** The whole entity. */
  data: T;
  /** When what is shown was made, by its author's corrected clock. */
  timestamp: number;
  /** Its author's device. */
  deviceId: string;
  /** Whether a change of this entity waits for the server. */
  pending: boolean;
}

/** A change that the server refused for good. */
export interface Rejected {
  /** The event's id, as its receipt has it. */
  id: string;
  /** One of the app's types of entity. */
  entityType: string;
  /** The entity that it would have changed. */
  entityId: string;
  /** What it would have done. */
  operation: Operation;
  /** The server's words, cut to 200 characters. */
  reason: string;
  /** `refused`. */
  code: ErrorCode;
  /** In the event: the entity as it is shown without the change; absent where nothing is. */
  data?: unknown;
}

/** What has changed since a revision. */
export interface Changes<T = unknown> {
  /** To ask with the next time. */
  revision: number;
  /**
   * The revision is not of this database, or so old that deletes since are forgotten: `entities` is everything, and what is not in it is
   * gone.
   */
  reset: boolean;
  /** What is shown now of each entity that has changed, what waits for the server included. */
  entities: Entity<T>[];
  /** What is shown no more. */
  deleted: { entityType: string; entityId: string; timestamp: number; deviceId: string }[];
}

/** How far a catch-up has come. */
export interface Progress {
  /** Events read since the connection was made. */
  events: number;
  /** Whether there are more. */
  hasMore: boolean;
}

// ───────────────────────────── errors ─────────────────────────────

/** Whose fault it is. */
export type Fault = "app" | "user" | "browser" | "network" | "server" | "peer" | "library";

/** All codes; `docs/errors.md` has cause and cure of each. */
export type ErrorCode =
  | "bad_option"
  | "bad_change"
  | "too_large"
  | "queue_full"
  | "not_available"
  | "closed"
  | "not_supported"
  | "wasm_failed"
  | "storage_full"
  | "storage_failed"
  | "storage_lost"
  | "corrupt_record"
  | "outdated"
  | "listener_failed"
  | "engine_crashed"
  | "dial_failed"
  | "connection_lost"
  | "no_pong"
  | "request_failed"
  | "needs_auth"
  | "wrong_user"
  | "bad_frame"
  | "unknown_frame"
  | "frame_too_large"
  | "bad_event"
  | "server_error"
  | "refused"
  | "device_mismatch"
  | "clock_skew"
  | "too_far_future"
  | "held_event"
  | "no_confirmation"
  | "duplicate_id"
  | "bad_seal"
  | "forged"
  | "rewritten"
  | "unknown_key"
  | "unknown_format"
  | "bad_payload"
  | "key_not_exportable"
  | "key_mismatch"
  | "key_missing"
  | "retired_key"
  | "delete_stripped"
  | "no_live_push"
  | "blocked_by"
  | "token_failed"
  | "no_answer"
  | "given_up";

/** The argument of `on("error")`. Never holds a key, a token or a payload. */
export interface ErrorReport {
  /** What went wrong: one of the codes of `docs/errors.md`. */
  code: ErrorCode;
  /** Whose fault it is. */
  fault: Fault;
  /** What happened and what to do, one sentence. */
  message: string;
  /** What the server or the browser said, cut to 200 characters. */
  detail?: string;
  /** The entity that it concerns, where it concerns one. */
  entityType?: string;
  /** The same entity's id. */
  entityId?: string;
}

/** What is thrown, and what promises reject with. */
export declare class SyncError extends Error {
  readonly name: "SyncError";
  /** What went wrong: one of the codes of `docs/errors.md`. */
  readonly code: ErrorCode;
  /** Whose fault it is. */
  readonly fault: Fault;
  /** The option that is wrong, where `code` is `bad_option`. */
  readonly option?: string;
  /** What the server or the browser said, cut to 200 characters, or what an option has to be. */
  readonly detail?: string;
}

// ───────────────────────────── the manager ─────────────────────────────

/** What can be listened to. */
export interface EventMap<M extends EntityMap = EntityMap> {
  /** Stored changes are loaded; `get` and `list` answer without delay. */
  ready: void;
  /** What is shown has changed. */
  change: { [T in keyof M & string]: Change<M[T]> & { entityType: T } }[keyof M & string];
  /** `status` is another object now. */
  status: Status;
  /** Something went wrong; what is about it to be done, if anything, its message says. */
  error: ErrorReport;
  /** The server refused a change for good. */
  rejected: Rejected;
  /** A page of what was missed was read. */
  progress: Progress;
}

/** Keeps one account's data in sync. One object for each account and page is enough. */
export declare class RealtimeSyncManager<M extends EntityMap = Record<BitmarksEntity, unknown>> {
  /**
   * Opens the account's database and resolves when `get` and `list` can answer; does not connect.
   * @throws {SyncError} `bad_option` (with `option`), `key_missing`, `key_mismatch`, `wasm_failed`, `not_supported`
   */
  static open<M extends EntityMap = Record<BitmarksEntity, unknown>>(options: DialectOptions): Promise<RealtimeSyncManager<M>>;

  /**
   * The spelling of the BitMarks sample: format `bitmarks-plain`, BitMarks' own address unless `options.url` is given.
   * Calls made before the manager is ready are queued.
   * @throws {SyncError} `bad_option`
   */
  constructor(userId: string, deviceId: string, key: Uint8Array, options?: PositionalOptions);

  /** Resolves when stored changes are loaded. */
  readonly ready: Promise<void>;
  /** The present state; the same object until something changes. */
  readonly status: Status;
  /** This device's id, once `ready`. */
  readonly deviceId: string | null;
  /** The id of the key that seals, once `ready`: 32 hex digits. It tells keys apart, and nothing of the key. */
  readonly keyId: string | null;

  /** Connects, and stays connected until `disconnect()`. Harmless when repeated. */
  connect(): void;
  /** Sends what was pushed before, for at most 2 s, closes the connection and stays away; changes go on being stored. */
  disconnect(): void;
  /** Tries at once, also when `status.state` is `stopped`, and although the server asked to be left alone. */
  reconnect(): void;

  /**
   * Stores, seals and queues one change. Resolves when it is on disk.
   *
   * `create` and `update` take the whole entity as JSON-compatible `data`; `delete` takes none.
   * @throws {SyncError} `bad_change` (fields of the wrong type, data that is no JSON), `too_large` (its frame is above
   * 1,048,576 bytes), `queue_full`, `storage_full`, `storage_failed`, `closed`
   */
  pushChange<T extends keyof M & string>(entityType: T, entityId: string, operation: "create" | "update", data: M[T]): Promise<Receipt>;
  pushChange<T extends keyof M & string>(entityType: T, entityId: string, operation: "delete"): Promise<Receipt>;

  /** The entity as it is shown now, or `undefined`. @throws {SyncError} `storage_failed`, `closed` */
  get<T extends keyof M & string>(entityType: T, entityId: string): Promise<Entity<M[T]> | undefined>;
  /** All entities of a type, in the order of their ids' bytes. @throws {SyncError} `storage_failed`, `closed` */
  list<T extends keyof M & string>(entityType: T): Promise<Entity<M[T]>[]>;

  /** Calls `listener` at each event; returns the function that ends it. A listener that throws stops no other. */
  on<E extends keyof EventMap<M>>(event: E, listener: (argument: EventMap<M>[E]) => void): () => void;

  /** Changes that the server refused for good and that the app has not decided about, oldest first. @throws {SyncError} `closed` */
  wedged(): Promise<Rejected[]>;
  /** Sends a refused change again, stamped anew, under the same id; resolves to whether there was one. @throws {SyncError} `storage_full`, `storage_failed`, `bad_seal`, `closed` */
  retry(id: string): Promise<boolean>;
  /** Gives a refused change up; resolves to whether there was one. Its receipt resolves to `discarded`. @throws {SyncError} `storage_failed`, `closed` */
  discard(id: string): Promise<boolean>;
  /**
   * The receipt of a change made earlier, by any tab of this device, also before a reload. `undefined` where the id is not known; of changes
   * that have ended the last 10,000 are, but for those that were `unchanged`: they were never stored. @throws {SyncError} `storage_failed`, `closed`
   */
  receipt(id: string): Promise<Receipt | undefined>;
  /**
   * For an app that keeps a copy of its own: current values and deletes since a revision, 0 at first. Every change is in it once or more, also
   * those that no listener heard of. @throws {SyncError} `storage_failed`, `closed`
   */
  changesSince(revision: number): Promise<Changes<M[keyof M & string]>>;
  /** Says that the key is right although nothing that the server has opens with it; a connection that stopped for `key_mismatch` is made again. */
  acceptKey(): void;
  /**
   * Asks the browser not to delete what is stored here when space is short; resolves to whether it will, `false` where it has no such thing. It may ask
   * the person. Sealwire never calls it by itself: call it when the person has something to lose, best after a click. Never rejects.
   */
  requestPersistence(): Promise<boolean>;
  /**
   * Wipes the account from this device: keys, changes that wait, everything stored; and closes the manager, also those of other tabs. What the
   * server has stays there. @throws {SyncError} `closed`; `storage_failed` where the browser keeps something from being wiped
   */
  forget(): Promise<void>;

  /**
   * What a bug report needs, as a plain object of JSON: versions, status, counters, the last errors by their code, and what the page has. No content,
   * key or token is in it, and no id of the account. It can be called at any time, also after a crash.
   */
  diagnostics(): Diagnostics;

  /** Disconnects and frees everything; later calls throw `closed`. */
  close(): void;
  /** The same as `close()`. */
  free(): void;
  /** The same as `close()`, at the end of the block of a `using sync = …`. In a browser without `Symbol.dispose`: `Symbol.for("Symbol.dispose")`, as compilers have it. */
  [Symbol.dispose](): void;
}

// ───────────────────────────── functions ─────────────────────────────

/** BitMarks: bookmarks, history and groups. */
export declare function bitmarks(options: BitmarksOptions): DialectOptions & { dialect: "bitmarks" };
/** Glint: todos. Its manager is in the entry `sealwire/glint`, with an engine of its own; here opening one throws `not_available`. */
export declare function glint(options: GlintOptions): DialectOptions & { dialect: "glint" };
/** Typelets: notes. Its manager is in the entry `sealwire/typelets`, with an engine of its own; here opening one throws `not_available`. */
export declare function typelets(options: TypeletsOptions): DialectOptions & { dialect: "typelets" };

/** A new device id, `device_` and a random UUID. */
export declare function generateDeviceId(): string;

/** Starts the engine. Implied by the first use; call it to choose the moment. @throws {SyncError} `wasm_failed` */
export declare function init(): Promise<void>;
/** Starts the engine from the bytes of `sealwire/sealwire.wasm`, for who may not wait. @throws {SyncError} `wasm_failed` */
export declare function initSync(bytes: BufferSource): void;
