/** What wasm-bindgen makes of the crate with the feature `glint`, as far as it is used here. */

import type { Facts } from "../diagnostics.ts";
import type { CoreReceipt } from "../engine.ts";
import type { Changes, ErrorReport, Rejected, Sets, Status, Todo } from "../glint.d.ts";

/** One instance of the engine's module, with its own memory. */
export interface Engine {
  RealtimeSyncManager: { open(options: unknown): Promise<Core> };
}

/** A refused change as the engine of its set tells of it. */
export type CoreRejected = Omit<Rejected, "setId">;

/** The engine's own manager, of one set. It checks what it is given, hence `unknown`. */
export interface Core {
  readonly ready: Promise<void>;
  readonly status: Status;
  readonly facts: Facts;
  /** The name of the set's database. */
  readonly database: string;
  connect(): void;
  disconnect(): void;
  reconnect(): void;
  /** Wants no news any more; what waits is sent all the same, and then `drained` is told: also where it cannot be sent. */
  retire(): void;
  forget(): Promise<void>;
  /** A new temporary id. */
  newId(): string;
  pushChange(entityType: unknown, id: unknown, operation: unknown, data: unknown): Promise<CoreReceipt>;
  get(id: unknown): Promise<Todo | undefined>;
  list(): Promise<Todo[]>;
  sets(): Promise<Sets>;
  cancel(id: unknown): Promise<boolean>;
  retry(id: unknown): Promise<boolean>;
  discard(id: unknown): Promise<boolean>;
  wedged(): Promise<CoreRejected[]>;
  receipt(id: unknown): Promise<CoreReceipt | undefined>;
  changesSince(revision: unknown): Promise<Changes>;
  on(event: "error", listener: (report: ErrorReport) => void): () => void;
  on(event: "drained", listener: () => void): () => void;
  on(event: unknown, listener: unknown): () => void;
  close(): void;
}
