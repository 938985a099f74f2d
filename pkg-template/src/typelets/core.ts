/** What wasm-bindgen makes of the crate with the feature `typelets`, as far as it is used here. */

import type { Facts } from "../diagnostics.ts";
import type { CoreReceipt } from "../engine.ts";
import type { Changes, ErrorReport, Folder, Note, Rejected, Status } from "../typelets.d.ts";

/** One instance of the engine's module, with its own memory. */
export interface Engine {
  RealtimeSyncManager: { open(options: unknown): Promise<Core> };
}

/** The engine's own manager. It checks what it is given, hence `unknown`; a row's key is its kind, a slash and its id. */
export interface Core {
  readonly ready: Promise<void>;
  readonly status: Status;
  readonly facts: Facts;
  connect(): void;
  disconnect(): void;
  reconnect(): void;
  forget(): Promise<void>;
  /** A new temporary id. */
  newId(): string;
  /** Wants to hear of a note, or no more. */
  join(key: string, wantsNews: boolean): void;
  pushChange(entityType: unknown, id: unknown, operation: unknown, data: unknown): Promise<CoreReceipt>;
  get(key: unknown): Promise<Note | Folder | undefined>;
  list(): Promise<(Note | Folder)[]>;
  cancel(id: unknown): Promise<boolean>;
  retry(id: unknown): Promise<boolean>;
  discard(id: unknown): Promise<boolean>;
  wedged(): Promise<Rejected[]>;
  receipt(id: unknown): Promise<CoreReceipt | undefined>;
  changesSince(revision: unknown): Promise<Changes>;
  on(event: "error", listener: (report: ErrorReport) => void): () => void;
  on(event: unknown, listener: unknown): () => void;
  close(): void;
}
