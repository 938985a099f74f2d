/// <reference lib="esnext.disposable" />

/**
 * `sealwire/typelets`: the notes and folders of a Typelets server. An entry of its own, with the engine for servers whose rows have one truth, on
 * the server: a change asks for some fields of a note, is stored on this device before its call resolves, and is sent one at a time.
 *
 * With `content: "sealed"`, the default, title and content are sealed (AES-256-GCM, as the service's own clients do) before they leave the page, and
 * lie sealed on this device's disk. Folders, flags and times are not. SECURITY.md says what that format protects, and what not. Times are
 * milliseconds since 1970 (UTC) and durations are milliseconds unless a name says otherwise.
 *
 * @module sealwire/typelets
 */

import type {
  Diagnostics, Durability, ErrorCode, ErrorReport, Operation, Origin, Outcome, Receipt, Status as CommonStatus, SyncError as CommonSyncError,
} from "./types.d.ts";
import type { FolderSync, NoteCreatedSync, NoteDeletedSync, NoteSync } from "./typelets-messages.d.ts";

export type { FolderSync, NoteCreatedSync, NoteDeletedSync, NoteSync, TypeletsInbound, TypeletsOutbound, TypeletsSigned } from "./typelets-messages.d.ts";
export type { Counters, Diagnostics, Durability, ErrorCode, ErrorReport, Fault, Operation, Origin, Outcome, Receipt } from "./types.d.ts";

/** The same as in `sealwire`: `instanceof` holds across the entries. */
export declare const SyncError: typeof CommonSyncError;
/** What is thrown, and what promises reject with. */
export type SyncError = CommonSyncError;

// ───────────────────────────── opening a manager ─────────────────────────────

/** Options of {@link typelets}. */
export interface TypeletsOptions {
  /**
   * The socket, `ws:` or `wss:`. Default `ws://localhost:3000` where the page's host is `localhost`, `127.0.0.1` or `[::1]`, else the page's host with
   * `wss:`, or `ws:` on a page by plain http.
   */
  url?: string;
  /** The base of the REST routes, before `/notes` and `/folders`. Default `/api` on the socket's host. Another origin than the page's has to allow it by CORS. */
  api?: string;
  /** The account: well-formed Unicode, 1 to 256 bytes as UTF-8. It goes into the key and the database's name, and is checked against the server. */
  userId: string;
  /**
   * Asked for a token (a JWT) before each socket, a minute before the token's own end, and once more where the server refuses one. One that throws,
   * rejects, or takes longer than 30 s is `token_failed`, and is asked again with the next attempt.
   */
  getToken: () => string | Promise<string>;
  /** `"sealed"`, the default; `"plain"` is for servers that take title and content as they are. */
  content?: "sealed" | "plain";
  /** Derives the key where `content` is `"sealed"` (PBKDF2-SHA256, 250,000 rounds). Held in memory only: to be given at each start. Default none: `open` rejects with `key_missing`, unless there is a `deviceSecret`. */
  masterPassword?: string;
  /** In its place: the secret of an account without a master password, as the service's client stores it, base64 of 64 bytes. Each note then has a key of its own, which costs some 50 ms. Default none. */
  deviceSecret?: string;
  /** Failed attempts to connect, in a row and while the browser is online, after which `status.state` is `failed`. 1 to 1,000,000, default 10. */
  maxAttempts?: number;
  /** `true`: to join a note does not leave the others. Default `false`, as in the service's client. */
  keepJoins?: boolean;
  /** `true`: frames are signed, where the server gives a key for it; needs `crypto.subtle`. Default `false`. */
  sign?: boolean;
  /** How many changes may wait for the server. Above it calls reject with `queue_full`. 1 to 1,000,000, default 100,000. */
  maxQueue?: number;
  /** The same as `on("note_sync", …)`. */
  onNoteSync?: (message: NoteSync) => void;
  /** The same as `on("note_created_sync", …)`. */
  onNoteCreatedSync?: (message: NoteCreatedSync) => void;
  /** The same as `on("note_deleted_sync", …)`. */
  onNoteDeletedSync?: (message: NoteDeletedSync) => void;
  /** The same as `on("error", …)`. */
  onError?: (report: ErrorReport) => void;
  /** The server has taken the token of a new socket. */
  onAuthenticated?: (userId: string) => void;
}

/** Options as {@link RealtimeSyncManager.open} takes them. */
export type DialectOptions = { dialect: "typelets" } & TypeletsOptions;

/** Typelets: notes. */
export declare function typelets(options: TypeletsOptions): DialectOptions;

/** Starts the engine. Implied by the first use; call it to choose the moment. @throws {SyncError} `wasm_failed` */
export declare function init(): Promise<void>;

// ───────────────────────────── notes and folders ─────────────────────────────

/** A note as it is shown: opened, with the changes that wait for the server on top. One in the bin (`deleted`) is not shown. Fields that are not named here are kept as the server sends them. */
export interface NoteData {
  /** The server's id, or the temporary one until the server has given it one. */
  id: string;
  /** Absent where the note cannot be opened. */
  title?: string;
  /** Absent where the note cannot be opened. */
  content?: string;
  /** The folder that it is in; `null`: none. */
  folderId: string | null;
  /** Whether it is marked with a star. */
  starred: boolean;
  /** Whether it is put away. */
  archived: boolean;
  /** Whether it is hidden. */
  hidden: boolean;
  /** Whether it is in the bin. */
  deleted: boolean;
  /** Title and content do not open with this key: they were altered, or sealed under another. */
  unreadable?: true;
  /** ISO 8601, in UTC. */
  createdAt?: string;
  /** ISO 8601, in UTC. */
  updatedAt?: string;
  /** Whose it is. */
  userId?: string;
  [field: string]: unknown;
}

/** A folder in the server's fields. */
export interface FolderData {
  /** The server's id, or the temporary one until the server has given it one. */
  id: string;
  /** What people see of it; not sealed. */
  name: string;
  /** As the app that made it has it. */
  color?: string | null;
  /** The folder above it; `null`: none. */
  parentId?: string | null;
  [field: string]: unknown;
}

interface Shown {
  /** The same for the row's whole life in this page and after a reload: the temporary id where it had one on this device, else `id`. */
  key: string;
  /** Whether a change of it waits for the server. */
  pending: boolean;
}

/** A note as `get`, `list` and `notes` give it. */
export interface Note extends NoteData, Shown {
  entityType: "note";
}

/** A folder as `get`, `list` and `folders` give it. */
export interface Folder extends FolderData, Shown {
  entityType: "folder";
}

/** A note that is to be made. Fields that the server does not know are refused as `bad_change`, here and below. */
export interface NewNote {
  /** The temporary id, which no other note has or had: 1 to 256 bytes as UTF-8. Default `new_` and a UUID that begins with the time. */
  id?: string;
  /** Default empty. */
  title?: string;
  /** Default empty. */
  content?: string;
  /** The folder that it is in, by the server's id or by a temporary one. Default none. */
  folderId?: string | null;
  /** Default `false`. */
  starred?: boolean;
  /** Default `false`. */
  archived?: boolean;
  /** Default `false`. */
  hidden?: boolean;
}

/** What is to be changed of a note; at least one field. A field that is not named stays as it is. */
export interface NoteUpdate {
  /** Sealed where `content` is `"sealed"`, as is `content`; the one that is not named is read, and stays. */
  title?: string;
  /** As `title`. */
  content?: string;
  /** By the server's id or a temporary one; `null` takes it out of its folder. */
  folderId?: string | null;
  /** Marks it with a star, or takes that away. */
  starred?: boolean;
  /** Puts it away, or brings it back. */
  archived?: boolean;
  /** Hides it, or shows it. */
  hidden?: boolean;
  /** `false` brings a note back from the bin. */
  deleted?: boolean;
}

/** A folder that is to be made. */
export interface NewFolder {
  /** As of {@link NewNote}. */
  id?: string;
  /** Not empty. */
  name: string;
  /** In whatever form the app likes. Default none. */
  color?: string | null;
  /** In whatever form the app likes. Default none. */
  icon?: string | null;
  /** The folder above it. */
  parentId?: string | null;
  /** Its place among others. Default: what the server takes. */
  sortOrder?: number;
}

/** What is to be changed of a folder; at least one field. */
export type FolderUpdate = Partial<Omit<NewFolder, "id">>;

/** What a call that makes a row resolves to. */
export interface NewReceipt extends Receipt {
  /** The temporary id. Every method goes on taking it once the server has given another. */
  readonly entityId: string;
}

/** The argument of `on("change")`. `entityType` and `entityId` with `operation` are all there is of a delete. */
export interface Change {
  /** What happened to it. */
  operation: Operation;
  /** Of what kind the row is. */
  entityType: "note" | "folder";
  /** The row's id, which may be a temporary one. */
  entityId: string;
  /** The whole row; absent for a delete. `key` and `pending` are what `get` and `list` tell. */
  data?: NoteData | FolderData;
  /** Where it came from. */
  origin: Origin;
  /** In the change that shows a row under the server's id: the temporary one, whose delete was told just before, in the same task. */
  formerId?: string;
  /** In the delete of a temporary id: the server's id, under which the row is shown next, in the same task. */
  replacedBy?: string;
}

/**
 * Two devices have saved title or content over each other: the last one counts. Told where this device is about to overwrite what another one has
 * saved since the edited version, and where another one saves within 30 s over what this one has. The server has no conditional write, so two that
 * save within the same moment are told only by the second way.
 */
export interface Conflict {
  entityType: "note";
  /** The note. */
  entityId: string;
  /** What this device has saved, or is about to. */
  ours: { title?: string; content?: string };
  /** What another one has. */
  theirs: { title?: string; content?: string };
}

/** A change that the server refused for good, or that cannot be sent without such a one. */
export interface Rejected {
  /** The change's id. */
  id: string;
  /** Of what kind the row is. */
  entityType: "note" | "folder";
  /** The row. */
  entityId: string;
  /** What it would have done. */
  operation: Operation;
  /** The server's words, cut to 200 characters. */
  reason: string;
  /** `refused`, or `blocked_by`: it depends on another one that was refused. */
  code: ErrorCode;
  /** With `blocked_by`: the id of that change. To retry or discard it is to retry or discard this one too. */
  blockedBy?: string;
  /** In the event: the row as it is shown without the change; absent where nothing is. */
  data?: Note | Folder;
}

/** What has changed since a revision. */
export interface Changes {
  /** To ask with the next time. */
  revision: number;
  /** The revision is not of this database, or so old that deletes since are forgotten: `rows` is everything, and what is not in it is gone. */
  reset: boolean;
  /** What is shown now of each row that has changed. */
  rows: (Note | Folder)[];
  /** What is shown no more. */
  deleted: { entityType: "note" | "folder"; entityId: string }[];
}

// ───────────────────────────── status ─────────────────────────────

/**
 * `idle`: not asked to connect · `connecting`: asking for a token, dialling, or authenticating · `catching_up`: reading notes and folders · `live`: up to
 * date, and told of news of joined notes · `reconnecting`: waiting for the next attempt · `failed`: `maxAttempts` in a row have failed; the next is made
 * when the browser is online or the page is seen again, or by `reconnect()` · `stopped`: until `reconnect()`; `reason` says why · `following`: another tab
 * of this device has the connection, and this one has what that one gets. A page that is seen and has something to send takes the connection over from
 * a tab that the browser has frozen.
 */
export type ConnectionState = "idle" | "connecting" | "catching_up" | "live" | "reconnecting" | "failed" | "stopped" | "following";

/** A snapshot; a new object only when something changed. */
export interface Status extends Omit<CommonStatus, "state" | "confirmation" | "key" | "held"> {
  /** Where the connection stands. */
  state: ConnectionState;
}

// ───────────────────────────── the manager ─────────────────────────────

/** What can be listened to. What is shown is told by `change`; the server's messages are told besides, and not all of them arrive. */
export interface EventMap {
  /** What is stored is loaded: told once, to who listens by then. */
  ready: void;
  /** What is shown of a row has changed. Opening emits none. */
  change: Change;
  /** `status` is another object now. */
  status: Status;
  /** Something went wrong. */
  error: ErrorReport;
  /** The server refused a change for good. */
  rejected: Rejected;
  /** Two devices have saved over each other. */
  conflict: Conflict;
  /** A note that is joined was changed elsewhere. */
  note_sync: NoteSync;
  /** Another device says that it made a note. */
  note_created_sync: NoteCreatedSync;
  /** Another device says that it deleted a note. */
  note_deleted_sync: NoteDeletedSync;
  /** Another device says that it made a folder. */
  folder_created_sync: FolderSync;
  /** Another device says that it changed a folder. */
  folder_updated_sync: FolderSync;
  /** Another device says that it deletes a folder. */
  folder_deleted_sync: FolderSync;
}

/** Keeps the notes and folders of one account in sync. One object for each account and page is enough. */
export declare class RealtimeSyncManager {
  /**
   * Opens the account's database and resolves when `get` and `list` can answer; does not connect.
   * @throws {SyncError} `bad_option` (with `option`), `key_missing`, `not_supported` (no `crypto.subtle`), `storage_failed`, `wasm_failed`
   */
  static open(options: DialectOptions): Promise<RealtimeSyncManager>;
  private constructor();

  /** Resolves when what is stored is loaded, as it is once `open` has resolved. */
  readonly ready: Promise<void>;
  /** The account, as given. */
  readonly userId: string;
  /** The present state; the same object until something changes. */
  readonly status: Status;
  /** The notes that news is wanted of, by the ids that `joinNote` was given; the same array until it changes. */
  readonly joinedNotes: readonly string[];

  /** Connects, and stays connected until `disconnect()`. Harmless when repeated. */
  connect(): void;
  /** Closes the connection and stays away; changes go on being stored. */
  disconnect(): void;
  /** Tries at once, also when `status.state` is `failed` or `stopped`. */
  reconnect(): void;

  /**
   * Hears of a note at once when another device changes it, also after each reconnect; leaves the one that was joined before, unless `keepJoins` is
   * set. Of at most 100. Other notes are read once a minute while a page of this device is seen, and with each connection. @throws {SyncError} `closed`
   */
  joinNote(id: string): void;
  /** Hears no more of it. @throws {SyncError} `closed` */
  leaveNote(id: string): void;

  /**
   * Stores a new note under a temporary id, and queues it. Resolves when it is on disk.
   *
   * @throws {SyncError} `bad_change` (no field, an unknown one or one of the wrong type, an id that is taken), `too_large`
   * (above 700,000 bytes of JSON), `queue_full`, `storage_full`, `storage_failed`, `not_supported`, `closed`
   */
  createNote(note?: NewNote): Promise<NewReceipt>;
  /** Changes fields of a note. Title and content are sealed and go over REST, the rest goes over the socket. @throws {SyncError} as `createNote` */
  updateNote(id: string, changes: NoteUpdate): Promise<Receipt>;
  /** Puts a note into the bin. @throws {SyncError} as `createNote` */
  deleteNote(id: string): Promise<Receipt>;
  /** The same as `createNote`, in the words of the service's client; the other devices are told. @throws {SyncError} as `createNote` */
  sendNoteCreated(note?: NewNote): Promise<NewReceipt>;
  /** The same as `updateNote`. @throws {SyncError} as `createNote` */
  sendNoteUpdate(id: string, changes: NoteUpdate): Promise<Receipt>;
  /** The same as `deleteNote`. @throws {SyncError} as `createNote` */
  sendNoteDeleted(id: string): Promise<Receipt>;
  /** Stores a new folder under a temporary id, and queues it. @throws {SyncError} as `createNote` */
  createFolder(folder: NewFolder): Promise<NewReceipt>;
  /** Changes fields of a folder. @throws {SyncError} as `createNote` */
  updateFolder(id: string, changes: FolderUpdate): Promise<Receipt>;
  /** Deletes a folder. Servers refuse that of one that is not empty. @throws {SyncError} as `createNote` */
  deleteFolder(id: string): Promise<Receipt>;
  /** The same as the methods above, in the words of the other dialects; `entityId` of a `create` is the temporary id. @throws {SyncError} as `createNote` */
  pushChange(entityType: "note", entityId: string, operation: "create", data: Omit<NewNote, "id">): Promise<Receipt>;
  pushChange(entityType: "note", entityId: string, operation: "update", data: NoteUpdate): Promise<Receipt>;
  pushChange(entityType: "folder", entityId: string, operation: "create", data: Omit<NewFolder, "id">): Promise<Receipt>;
  pushChange(entityType: "folder", entityId: string, operation: "update", data: FolderUpdate): Promise<Receipt>;
  pushChange(entityType: "note" | "folder", entityId: string, operation: "delete"): Promise<Receipt>;

  /** A row, by the server's id or by its temporary one, or `undefined`. @throws {SyncError} `closed` */
  get(entityType: "note", entityId: string): Promise<Note | undefined>;
  get(entityType: "folder", entityId: string): Promise<Folder | undefined>;
  /** All rows of a kind, in the order of their ids. @throws {SyncError} `closed` */
  list(entityType: "note"): Promise<Note[]>;
  list(entityType: "folder"): Promise<Folder[]>;
  /** All notes, the last changed first, those that the server does not know yet before all. @throws {SyncError} `closed` */
  notes(): Promise<Note[]>;
  /** All folders, in the order of their ids. @throws {SyncError} `closed` */
  folders(): Promise<Folder[]>;

  /** Calls `listener` at each event; returns the function that ends it. A listener that throws stops no other. @throws {SyncError} `bad_option`, `closed` */
  on<E extends keyof EventMap>(event: E, listener: (argument: EventMap[E]) => void): () => void;

  /** Changes that the server refused for good and that the app has not decided about, oldest first. @throws {SyncError} `closed` */
  wedged(): Promise<Rejected[]>;
  /** Sends a refused change again, and those that depend on it; resolves to whether there was one. @throws {SyncError} `storage_failed`, `closed` */
  retry(id: string): Promise<boolean>;
  /** Gives a refused change up, and those that depend on it; resolves to whether there was one. Receipts resolve to `discarded`. @throws {SyncError} `storage_failed`, `closed` */
  discard(id: string): Promise<boolean>;
  /**
   * The receipt of a change made earlier, by any tab of this device, also before a reload. `undefined` where the id is not known; of changes that have
   * ended the last 10,000 are, but for those that were `unchanged`: they were never stored. @throws {SyncError} `storage_failed`, `closed`
   */
  receipt(id: string): Promise<Receipt | undefined>;
  /**
   * For an app that keeps a copy of its own: current rows and deletes since a revision, 0 at first. Every change is in it once or more, also those that
   * no listener heard of. @throws {SyncError} `closed`
   */
  changesSince(revision: number): Promise<Changes>;
  /**
   * Asks the browser not to delete what is stored here when space is short; resolves to whether it will, `false` where it has no such thing. It may ask
   * the person. Sealwire never calls it by itself: call it when the person has something to lose, best after a click. Never rejects.
   */
  requestPersistence(): Promise<boolean>;
  /**
   * Wipes the account from this device: changes that wait, everything stored; and closes the manager, also those of other tabs. What the server has
   * stays there. @throws {SyncError} `closed`; `storage_failed` where the browser keeps something from being wiped
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
