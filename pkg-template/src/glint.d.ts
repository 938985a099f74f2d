/// <reference lib="esnext.disposable" />

/**
 * `sealwire/glint`: the todos of a Glint server. An entry of its own, with an engine for servers whose rows have one truth, on the server: a
 * change asks for some fields of a todo, is stored on this device before its call resolves, and is sent one at a time.
 *
 * Nothing is sealed: Glint's server reads its todos, and so does who reads this device's disk. Times are milliseconds since 1970 (UTC) and
 * durations are milliseconds unless a name says otherwise.
 *
 * @module sealwire/glint
 */

import type {
  Diagnostics, Durability, ErrorCode, ErrorReport, Operation, Origin, Outcome, Receipt, Status as CommonStatus, SyncError as CommonSyncError,
} from "./types.d.ts";

export type { Counters, Diagnostics, Durability, ErrorCode, ErrorReport, Fault, Operation, Origin, Outcome, Receipt } from "./types.d.ts";

/** The same as in `sealwire`: `instanceof` holds across the entries. */
export declare const SyncError: typeof CommonSyncError;
/** What is thrown, and what promises reject with. */
export type SyncError = CommonSyncError;

// ───────────────────────────── opening a manager ─────────────────────────────

/** Who is signed in. All but the id is only shown, until the server tells it. */
export interface Me {
  /** The account: well-formed Unicode, 1 to 256 bytes as UTF-8. It is part of the databases' names and checked against the server. */
  id: string;
  /** What others see of them. */
  name?: string;
  /** Their short name. */
  username?: string;
  /** The address of their picture. */
  avatarUrl?: string;
}

/** Options of {@link glint}. */
export interface GlintOptions {
  /** The server, as `https://HOST` or `http://HOST`, without a path. Another origin than the page's has to allow it by CORS, with credentials. */
  origin: string;
  /** The team, 1 to 256 bytes as UTF-8; `personal:<userId>` is one too. */
  teamId: string;
  /** The set to show, 1 to 256 bytes as UTF-8; {@link RealtimeSyncManager.switchSet} shows another. */
  setId: string;
  /** Who is signed in. */
  me: Me;
  /** How many changes of a set may wait for the server. Above it calls reject with `queue_full`. 1 to 1,000,000, default 100,000. */
  maxQueue?: number;
}

/** Options as {@link RealtimeSyncManager.open} takes them. */
export type DialectOptions = { dialect: "glint" } & GlintOptions;

/** Glint: todos. */
export declare function glint(options: GlintOptions): DialectOptions;

/** Starts the engine. Implied by the first use; call it to choose the moment. @throws {SyncError} `wasm_failed` */
export declare function init(): Promise<void>;

// ───────────────────────────── todos ─────────────────────────────

/** A person whom a todo is assigned to. */
export interface Assignee {
  /** The account. */
  userId: string;
  /** What others see of them. */
  name?: string | null;
  /** Their short name. */
  username?: string | null;
  /** The address of their picture. */
  avatarUrl?: string | null;
}

/** A todo in the server's fields; of a todo that it has not made yet only some are known. Fields that are not named here are kept as they come. */
export interface TodoData {
  /** The server's id, or the temporary one until the server has given it one. */
  id: string;
  /** What is to be done. */
  title: string;
  /** Whether it is done. */
  completed: boolean;
  /** The todo above it. */
  parentId: string | null;
  /** Its place among its siblings, the lowest first; may be a fraction. */
  sortOrder?: number;
  /** Who made it. */
  userId?: string;
  /** How many comments the server has of it. */
  commentCount?: number;
  /** ISO 8601, in UTC. */
  createdAt?: string;
  /** ISO 8601, in UTC; not always up to date, because the server's events do not tell it. */
  updatedAt?: string;
  /** Whom it is assigned to, on servers of July 2026 and later. */
  assignees?: Assignee[];
  /** Who has claimed it, on earlier servers. */
  claimedBy?: string | null;
  /** What others see of the one who has. */
  claimedByName?: string | null;
  /** The address of their picture. */
  claimedByAvatar?: string | null;
  /** Their short name. */
  claimedByUsername?: string | null;
  [field: string]: unknown;
}

/** A todo as it is shown now: what the server is known to have, with the changes that wait for it on top. */
export interface Todo extends TodoData {
  /** The same for the todo's whole life in this page and after a reload: the temporary id where it had one on this device, else `id`. */
  key: string;
  /** Whether a change of it waits for the server. */
  pending: boolean;
}

/** A todo with those below it, in their order. */
export interface TodoNode extends Todo {
  /** Those below it, in their order; empty where there are none. */
  children: TodoNode[];
}

/** The argument of `on("change")`. `entityId` with `operation` is all there is of a delete. */
export interface Change {
  /** What happened to it. */
  operation: Operation;
  entityType: "todo";
  /** The todo's id, which may be a temporary one. */
  entityId: string;
  /** The whole todo; absent for a delete. `key` and `pending` are what `get`, `list` and `todos` tell. */
  data?: TodoData;
  /** Where it came from. */
  origin: Origin;
  /** In the change that shows a todo under the server's id: the temporary one, whose delete was told just before, in the same task. */
  formerId?: string;
  /** In the delete of a temporary id: the server's id, under which the todo is shown next, in the same task. */
  replacedBy?: string;
}

/** What is to be changed of a todo. A field that is not named stays as it is. */
export interface TodoUpdate {
  /** At most 65,536 bytes as UTF-8, and more than spaces. */
  title?: string;
  /** Whether it is done. */
  completed?: boolean;
  /** Its place among its siblings, the lowest first; may be a fraction. */
  sortOrder?: number;
}

/** A todo that is to be made. */
export interface NewTodo {
  /** At most 65,536 bytes as UTF-8, and more than spaces. */
  title: string;
  /** The todo above it, by the server's id or by a temporary one. Default none. */
  parentId?: string | null;
  /** The temporary id, which no other todo has or had: 1 to 256 bytes as UTF-8. Default `todo_` and a UUID that begins with the time. */
  id?: string;
}

/** What a call that makes a todo resolves to. */
export interface NewTodoReceipt extends Receipt {
  /** The temporary id. Every method goes on taking it once the server has given another. */
  readonly todoId: string;
}

/** What a change does. */
export type Verb = "create" | "update" | "delete" | "reorder" | "claim" | "assign" | "move";

/** A change that the server refused for good, or that cannot be sent without such a one. */
export interface Rejected {
  /** The change's id. */
  id: string;
  /** The set that it was made in. */
  setId: string;
  entityType: "todo";
  /** The todo; of a reorder the first. */
  entityId: string;
  /** What it would have done. */
  operation: Verb;
  /** The server's words, cut to 200 characters. */
  reason: string;
  /** `refused`, or `blocked_by`: it depends on another one that was refused. */
  code: ErrorCode;
  /** With `blocked_by`: the id of that change. To retry or discard it is to retry or discard this one too. */
  blockedBy?: string;
  /** In the event: the todo as it is shown without the change; absent where nothing is. */
  data?: Todo;
}

/** What has changed since a revision. */
export interface Changes {
  /** To ask with the next time. */
  revision: number;
  /** The revision is not of this database, or so old that deletes since are forgotten: `todos` is everything, and what is not in it is gone. */
  reset: boolean;
  /** What is shown now of each todo that has changed. */
  todos: Todo[];
  /** The ids of what is shown no more. */
  deleted: string[];
}

/** A set of the team, in the server's fields. */
export interface TodoSet {
  /** To be given to `switchSet`. */
  id: string;
  /** What people see of it. */
  name?: string;
  [field: string]: unknown;
}

/** The sets of the team, as the server tells of them. */
export interface Sets {
  /** In the server's order. */
  sets: TodoSet[];
  /** What the one who is signed in may do in the team. */
  role: string;
  [field: string]: unknown;
}

// ───────────────────────────── status ─────────────────────────────

/**
 * `idle`: not asked to connect · `connecting`: dialling, or finding out why that failed · `catching_up`: reading the set · `live`: up to date,
 * and told of news · `polling`: the server has no live push, so the set is read every 15 s while the page is seen · `reconnecting`: waiting for
 * the next attempt · `stopped`: until `reconnect()`; `reason` says why · `following`: another tab of this device has the connection of this set,
 * and this one has what that one gets. A page that is seen and has something to send takes the connection over from a tab that the browser has frozen.
 */
export type ConnectionState = "idle" | "connecting" | "catching_up" | "live" | "polling" | "reconnecting" | "stopped" | "following";

/** A snapshot of the set that is shown; a new object only when something changed. Counts are those of this set. */
export interface Status extends Omit<CommonStatus, "state" | "confirmation" | "key" | "held"> {
  /** Where the connection stands. */
  state: ConnectionState;
}

// ───────────────────────────── the manager ─────────────────────────────

/** What can be listened to. The server's events are hints, and not all of them arrive: what is shown is told by `change`. */
export interface EventMap {
  /** The stored todos of the set that is shown are loaded: told soon after it is listened to, and after each `switchSet`, when all is to be read anew. */
  ready: void;
  /** What is shown of a todo of the set has changed. Opening and switching sets emit none. */
  change: Change;
  /** `status` is another object now, also by `switchSet`. */
  status: Status;
  /** Something went wrong, also in a set that was shown before and goes on being sent. */
  error: ErrorReport;
  /** The server refused a change for good, also of such a set. */
  rejected: Rejected;
  /** The server says so; what is shown, `change` tells. */
  "todo:created": TodoCreated;
  /** The server says so; what is shown, `change` tells. */
  "todo:updated": TodoUpdated;
  /** The server says so; what is shown, `change` tells. */
  "todo:deleted": TodoDeleted;
  /** The server says so; what is shown, `change` tells. */
  "todo:reordered": TodoReordered;
  /** The server says so; what is shown, `change` tells. */
  "todo:claimed": TodoClaimed;
  /** The server says so; what is shown, `change` tells. */
  "todo:assigned": TodoAssigned;
  /** The server says so; what is shown, `change` tells. */
  "todo:moved": TodoMoved;
  /** The server says so; what is shown, `change` tells. */
  "realtime:ready": RealtimeReady;
}

/** Keeps the todos of one team in sync, one set of it at a time. One object for each team and page is enough. */
export declare class RealtimeSyncManager {
  /**
   * Opens the set's database and resolves when `get`, `list` and `todos` can answer; does not connect.
   * @throws {SyncError} `bad_option` (with `option`), `storage_failed`, `wasm_failed`
   */
  static open(options: DialectOptions): Promise<RealtimeSyncManager>;
  private constructor();

  /** Resolves when stored todos are loaded, as they are once `open` has resolved. */
  readonly ready: Promise<void>;
  /** The present state of the set that is shown; the same object until something changes. */
  readonly status: Status;
  /** The set that is shown. */
  readonly setId: string;

  /**
   * Connects, and stays connected until `disconnect()`. Harmless when repeated. What waits in other sets of the team, also from before a reload, is sent
   * in the background, one set after the other. Where the browser does not tell which databases there are (`indexedDB.databases`), or has no IndexedDB,
   * a set that was not shown since the page was loaded is sent when it is shown again.
   */
  connect(): void;
  /** Closes the connection and stays away; changes go on being stored. */
  disconnect(): void;
  /** Tries at once, also when `status.state` is `stopped`. */
  reconnect(): void;

  /**
   * Stores a new todo under a temporary id, and queues it. Resolves when it is on disk.
   *
   * @throws {SyncError} `bad_change` (a field of the wrong type, an id that is taken), `too_large` (above 1,048,576
   * bytes), `queue_full`, `storage_full`, `storage_failed`, `closed`
   */
  createTodo(todo: NewTodo): Promise<NewTodoReceipt>;
  /** Changes fields of a todo. @throws {SyncError} as `createTodo` */
  updateTodo(id: string, fields: TodoUpdate): Promise<Receipt>;
  /** Deletes a todo, with those below it. @throws {SyncError} as `createTodo` */
  deleteTodo(id: string): Promise<Receipt>;
  /** Gives todos another place among their siblings; 1 to 20,000. @throws {SyncError} as `createTodo` */
  reorder(items: { id: string; sortOrder: number }[]): Promise<Receipt>;
  /**
   * Claims a todo for the one who is signed in, or releases it. On servers with `assignees` that one is added to them, or taken out. One that
   * somebody else has claimed is refused. `claimed`: default `true`. @throws {SyncError} as `createTodo`
   */
  claim(id: string, claimed?: boolean): Promise<Receipt>;
  /** Assigns a todo to these people, and to nobody else; a string is a `userId`. Refused on servers that know only claims, unless it is yourself alone or nobody. @throws {SyncError} as `createTodo` */
  assign(id: string, people: (string | Assignee)[]): Promise<Receipt>;
  /**
   * Brings a todo to another set of the team, with those below it: to the root there, before all others (`"top"`) or behind them (`"bottom"`).
   * Default: what the server takes. Servers before July 2026 refuse it. @throws {SyncError} as `createTodo`
   */
  moveTodo(id: string, targetSetId: string, insertAt?: "top" | "bottom"): Promise<Receipt>;
  /** The same as `moveTodo`. @throws {SyncError} as `createTodo` */
  move(id: string, targetSetId: string, insertAt?: "top" | "bottom"): Promise<Receipt>;
  /** The same as `createTodo`, `updateTodo` and `deleteTodo`, in the words of the other dialects; `entityId` of a `create` is the temporary id. @throws {SyncError} as `createTodo` */
  pushChange(entityType: "todo", entityId: string, operation: "create", data: Omit<NewTodo, "id">): Promise<Receipt>;
  pushChange(entityType: "todo", entityId: string, operation: "update", data: TodoUpdate): Promise<Receipt>;
  pushChange(entityType: "todo", entityId: string, operation: "delete"): Promise<Receipt>;

  /** A todo, by the server's id or by its temporary one, or `undefined`. @throws {SyncError} `closed` */
  get(id: string): Promise<Todo | undefined>;
  /** All todos of the set, in the order of their ids. @throws {SyncError} `closed` */
  list(): Promise<Todo[]>;
  /**
   * The same as a tree. Siblings are in the order of `sortOrder`, those without one last, then of `createdAt`, then of their ids. A todo whose
   * parent is not there stands at the root. @throws {SyncError} `closed`
   */
  todos(): Promise<TodoNode[]>;
  /** The sets of the team: from the server, else as they were seen last. @throws {SyncError} `needs_auth`, `refused`, `request_failed`, `closed` */
  sets(): Promise<Sets>;
  /**
   * Shows another set, connected if this one is; resolves when its stored todos are loaded. Until then everything goes on with the former one. What
   * waits there is sent all the same. Listeners stay, `status` is the new set's. @throws {SyncError} `bad_option`, `storage_failed`, `closed`
   */
  switchSet(setId: string): Promise<void>;

  /** Calls `listener` at each event; returns the function that ends it. A listener that throws stops no other. @throws {SyncError} `bad_option`, `closed` */
  on<E extends keyof EventMap>(event: E, listener: (argument: EventMap[E]) => void): () => void;

  /** Changes of the set that the server refused for good and that the app has not decided about, oldest first. @throws {SyncError} `closed` */
  wedged(): Promise<Rejected[]>;
  /** Sends a refused change of the set again, and those that depend on it; resolves to whether there was one. @throws {SyncError} `storage_failed`, `closed` */
  retry(id: string): Promise<boolean>;
  /** Gives a refused change up, and those that depend on it; resolves to whether there was one. Receipts resolve to `discarded`. @throws {SyncError} `storage_failed`, `closed` */
  discard(id: string): Promise<boolean>;
  /**
   * The receipt of a change of the set made earlier, by any tab of this device, also before a reload. `undefined` where the id is not known; of
   * changes that have ended the last 10,000 are, but for those that were `unchanged`: they were never stored. @throws {SyncError} `storage_failed`, `closed`
   */
  receipt(id: string): Promise<Receipt | undefined>;
  /**
   * For an app that keeps a copy of a set: current todos and deletes since a revision, 0 at first. Every change is in it once or more, also those that
   * no listener heard of. @throws {SyncError} `closed`
   */
  changesSince(revision: number): Promise<Changes>;
  /**
   * Asks the browser not to delete what is stored here when space is short; resolves to whether it will, `false` where it has no such thing. It may ask
   * the person. Sealwire never calls it by itself: call it when the person has something to lose, best after a click. Never rejects.
   */
  requestPersistence(): Promise<boolean>;
  /**
   * Wipes the account from this device, in all its teams and sets: changes that wait, everything stored; and closes the manager, also those of other
   * tabs. What the server has stays there. Where the browser does not tell which databases there are, only the set that is shown is wiped.
   * @throws {SyncError} `closed`; `storage_failed` where it keeps something from being wiped; all else is wiped then
   */
  forget(): Promise<void>;

  /**
   * What a bug report needs, as a plain object of JSON: versions, status, counters, the last errors by their code, and what the page has. No content,
   * key or token is in it, and no id of the account. It can be called at any time, also after a crash.
   */
  diagnostics(): Diagnostics<Status>;

  /** Disconnects and frees everything; later calls throw `closed`. What waits is sent after the next `connect()`. */
  close(): void;
  /** The same as `close()`. */
  free(): void;
  /** The same as `close()`, at the end of the block of a `using sync = …`. In a browser without `Symbol.dispose`: `Symbol.for("Symbol.dispose")`, as compilers have it. */
  [Symbol.dispose](): void;
}

// ───────────────────────────── messages of Glint ─────────────────────────────
//
// Three generations of the server are in use: of April 2026 (G1), with `realtime:ready` (G2), and with assignees and moves (G3). The client sends
// nothing over the socket. `setId` is in every event, by the documentation; an event of a set that is not shown is not told.

/** A todo is new. The documentation of G1 reads as if its fields stood in the event itself; servers put them under `todo`. */
export type TodoCreated = { type: "todo:created"; setId?: string } & ({ todo: TodoData } | TodoData);

/** Some fields of a todo have changed: those that its client sent, as it sent them. */
export type TodoUpdated = { type: "todo:updated"; setId?: string } & (
  | { todo: { id: string } & Partial<TodoData> }
  | ({ id: string } & Partial<TodoData>)
);

/** A todo is gone, and those below it, which are not named. */
export interface TodoDeleted {
  type: "todo:deleted";
  /** The set that it is about; not in every event. */
  setId?: string;
  /** The todo, by the server's id. */
  id: string;
}

/** Todos have another place among their siblings. */
export interface TodoReordered {
  type: "todo:reordered";
  /** The set that it is about; not in every event. */
  setId?: string;
  /** The todos with their new places, the lowest first. */
  items: { id: string; sortOrder: number }[];
}

/** G1 and G2: a todo is claimed, or released, where all is `null`. */
export interface TodoClaimed {
  type: "todo:claimed";
  /** The set that it is about; not in every event. */
  setId?: string;
  /** The todo, by the server's id. */
  id: string;
  /** The account of who has it; `null`: nobody. */
  claimedBy: string | null;
  /** What others see of them. */
  claimedByName: string | null;
  /** The address of their picture. */
  claimedByAvatar: string | null;
  /** Their short name. */
  claimedByUsername?: string | null;
}

/** G3: a todo is assigned to these people, and to nobody else. */
export interface TodoAssigned {
  type: "todo:assigned";
  /** The set that it is about; not in every event. */
  setId?: string;
  /** The todo, by the server's id. */
  id: string;
  /** All of them; empty: nobody. */
  assignees: { userId: string; name: string | null; username: string | null; avatarUrl: string | null }[];
}

/** G3: a todo went to another set, with those below it. Told to both sets. */
export interface TodoMoved {
  type: "todo:moved";
  /** The set that it is about; not in every event. */
  setId?: string;
  /** The todo, by the server's id. */
  id: string;
  /** Where it was. */
  fromSetId: string;
  /** Where it is, at the root. */
  toSetId: string;
}

/** G2 and G3: the first frame of a socket; it tells from now on. */
export interface RealtimeReady {
  type: "realtime:ready";
  /** The set that it is about; not in every event. */
  setId?: string;
}

/** From the server to the page. */
export type GlintEvent =
  | TodoCreated
  | TodoUpdated
  | TodoDeleted
  | TodoReordered
  | TodoClaimed
  | TodoAssigned
  | TodoMoved
  | RealtimeReady;
