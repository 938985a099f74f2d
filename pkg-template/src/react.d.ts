/**
 * `sealwire/react`: hooks for React 18 and 19; components are in `sealwire/react/status`. No other dependency, and no engine: what they show is a manager
 * that the app opens from `sealwire`, `sealwire/glint` or `sealwire/typelets`.
 *
 * All of them read by `useSyncExternalStore`: a component renders again only when what it read has changed, values stay the same object until then,
 * and on a server there is nothing: no manager, `idle`, empty lists. Times are milliseconds since 1970 (UTC).
 *
 * @module sealwire/react
 */

import type { ReactNode } from "react";
import type * as Glint from "./glint.d.ts";
import type { Entity, ErrorCode, ErrorReport, RealtimeSyncManager as BitmarksManager, Receipt, Status } from "./types.d.ts";
import type * as Typelets from "./typelets.d.ts";

/** A manager of any dialect. */
export type AnyManager = BitmarksManager<any> | Glint.RealtimeSyncManager | Typelets.RealtimeSyncManager;

/** What the statuses of all dialects have in common. */
export type AnyStatus = Omit<Status, "state" | "confirmation" | "key" | "held"> & { state: Status["state"] | Glint.Status["state"] | Typelets.Status["state"] };

// ───────────────────────────── the manager ─────────────────────────────

/** Either `sync` or `open`. */
export interface SyncProviderProps {
  /** A manager that the app has opened and goes on owning: it is neither connected nor closed here. `null`: none yet. */
  sync?: AnyManager | null;
  /**
   * Opens a manager when the provider is mounted, which is closed when it goes; under StrictMode once as well. `null` while nobody is signed in. Another
   * function is no reason to open again, another `account` is.
   */
  open?: (() => Promise<AnyManager>) | null;
  /** What the manager is opened for. Where it changes, it is closed and another one is opened. */
  account?: string;
  /** Whether what `open` gives is connected. Default `true`. */
  connect?: boolean;
  /** What may use the manager. */
  children?: ReactNode;
}

/** Gives a manager to the components below. Where it could not be opened, `useStatus()` is `stopped` with the code as `reason`. */
export declare function SyncProvider(props: SyncProviderProps): ReactNode;

/** The manager of the {@link SyncProvider} above; `null` while there is none. The type is the caller's word: nothing checks it. */
export declare function useSync<M extends AnyManager = AnyManager>(): M | null;

// ───────────────────────────── what is shown ─────────────────────────────

/** The manager's status; `idle` while there is none. */
export declare function useStatus(): AnyStatus;

/** What waits for the server. */
export interface Pending {
  /** Changes that are not confirmed and not refused. */
  pending: number;
  /** Those of them that were sent on this connection. */
  inFlight: number;
  /** Changes that the server refused for good. */
  wedged: number;
  /** When the oldest unconfirmed change was made; `null` if there is none. */
  oldestPending: number | null;
}

/** The counts of {@link useStatus} alone. */
export declare function usePending(): Pending;

/**
 * All entities of a type, or those that `filter` takes: an `Entity` of BitMarks, a `Todo`, a `Note` or `Folder`. Empty until they are read. In the order
 * of `list`, what is new at the end. An entity is the same object until it changes, and the array until one of its members does, also where
 * `filter` is another function each time.
 */
export declare function useEntities<E = Entity>(entityType: string, filter?: (entity: E) => boolean): readonly E[];

/**
 * One entity; `undefined` until it is read, where there is none, and without an id. A temporary id goes on finding what has another by now.
 */
export declare function useEntity<E = Entity>(entityType: string, entityId: string | null | undefined): E | undefined;

// ───────────────────────────── Typelets ─────────────────────────────

/**
 * The state of the connection in the words of Typelets' own client: `error` is until `reconnect()`, or until the network is back; `connected` without
 * `authenticated`: another tab has the connection, and this one has what that one gets. `reason` has the code.
 */
export type ConnectionWord = "connecting" | "connected" | "authenticated" | "reconnecting" | "disconnected" | "error";

/** The word for a status. */
export declare function connectionWord(status: AnyStatus): ConnectionWord;

/** Options of {@link useWebSocket}. Callbacks are not told what came before they were there; they need not be the same function each time. */
export interface WebSocketOptions {
  /** Connects by itself. Default `true`; with `false` also give the `SyncProvider` `connect={false}`. */
  autoConnect?: boolean;
  /** A note that is joined was changed elsewhere. */
  onNoteSync?: (message: Typelets.NoteSync) => void;
  /** Another device says that it made a note. */
  onNoteCreatedSync?: (message: Typelets.NoteCreatedSync) => void;
  /** Another device says that it deleted a note. */
  onNoteDeletedSync?: (message: Typelets.NoteDeletedSync) => void;
  /** Something went wrong. */
  onError?: (error: ErrorReport) => void;
  /** The server has taken the token, once for each connection. */
  onAuthenticated?: (userId: string) => void;
}

/** What {@link useWebSocket} gives. Functions stay the same as long as the manager does. */
export interface WebSocketView {
  /** The state of the connection, in one word. */
  status: ConnectionWord;
  /** Why it is not `authenticated`; `null` where nothing is wrong. */
  reason: ErrorCode | null;
  /** The server, or the tab that has the connection, is reached; not necessarily with a token that it takes. */
  isConnected: boolean;
  /** The server has taken the token. */
  isAuthenticated: boolean;
  /** The message of the last error, until `clearError()`. */
  error: string | null;
  /** Failed attempts since the connection was last stable. */
  reconnectAttempts: number;
  /** When something from the server was last merged or confirmed. */
  lastSync: number | null;
  /** The notes that are joined. */
  joinedNotes: readonly string[];
  /** Hears of a note at once when another device changes it. */
  joinNote(id: string): void;
  /** Hears no more of it. */
  leaveNote(id: string): void;
  /** This and the two below resolve when the change is on disk. @throws {SyncError} as the manager's methods; an `Error` where there is no manager yet */
  sendNoteUpdate(id: string, changes: Typelets.NoteUpdate): Promise<Receipt>;
  /** Makes a note. @throws {SyncError} as `sendNoteUpdate` */
  sendNoteCreated(note?: Typelets.NewNote): Promise<Typelets.NewReceipt>;
  /** Puts a note into the bin. @throws {SyncError} as `sendNoteUpdate` */
  sendNoteDeleted(id: string): Promise<Receipt>;
  /** Connects, and stays connected. */
  connect(): void;
  /** Closes the connection; changes go on being stored. */
  disconnect(): void;
  /** Tries at once. */
  reconnect(): void;
  /** `error` is `null` until the next one. */
  clearError(): void;
}

/** The connection to a Typelets server. The manager is that of the {@link SyncProvider} above. */
export declare function useWebSocket(options?: WebSocketOptions): WebSocketView;

/** What {@link useNotes} gives. */
export interface NotesView {
  /** All notes, the last changed first. */
  notes: readonly Typelets.Note[];
  /** The one that `selectNote` named; `null` where it is none, or shown no more. */
  selectedNote: Typelets.Note | null;
  /** The connection. */
  webSocket: WebSocketView;
  /** Selects a note, joins it, and leaves the one that was selected. */
  selectNote(id: string | null): void;
  /** Makes a note. @throws {SyncError} as the manager's `createNote`; an `Error` where there is no manager yet */
  createNote(note?: Typelets.NewNote): Promise<Typelets.NewReceipt>;
  /** Changes a note. @throws {SyncError} as `createNote` */
  updateNote(id: string, changes: Typelets.NoteUpdate): Promise<Receipt>;
  /** Puts a note into the bin. @throws {SyncError} as `createNote` */
  deleteNote(id: string): Promise<Receipt>;
}

/** The notes of a Typelets server, in sync by itself. */
export declare function useNotes(options?: WebSocketOptions): NotesView;

// ───────────────────────────── Glint ─────────────────────────────

/** Options of {@link useTodos}. */
export interface TodosOptions {
  /** The team; `null` while none is chosen. */
  teamId: string | null | undefined;
  /** The set; `null` while none is chosen. */
  setId: string | null | undefined;
  /** Opens the manager: `({ teamId, setId }) => RealtimeSyncManager.open(glint({ origin, teamId, setId, me }))`. `null` while nobody is signed in. */
  open: ((chosen: { teamId: string; setId: string }) => Promise<Glint.RealtimeSyncManager>) | null | undefined;
}

/** What {@link useTodos} gives. */
export interface TodosView {
  /** The todos of the set as a tree, in their order. A node is the same object until it or something below it changes. */
  todos: readonly Glint.TodoNode[];
  /** The status of the set's manager; `idle` while there is none. */
  status: AnyStatus;
  /** For its methods: `createTodo`, `updateTodo` and so on; `null` while there is none. */
  sync: Glint.RealtimeSyncManager | null;
}

/** The todos of a set: opened and connected when a set is chosen and somebody is signed in, closed when the component goes or the team changes. */
export declare function useTodos(options: TodosOptions): TodosView;
