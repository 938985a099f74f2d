/** What wasm-bindgen makes of the crate, as far as it is used here. */

import type { Facts } from "./diagnostics.ts";
import type { Changes, Entity, ErrorReport, Receipt, Rejected, Status } from "./types.d.ts";

/** A receipt as the engine gives it. */
export type CoreReceipt = Omit<Receipt, "cancel">;

/** One instance of the engine's module, with its own memory. */
export interface Engine {
  /** What the wasm has to be instantiated with. */
  imports(): WebAssembly.Imports;
  /** Takes the wasm into use; nothing else of this works before. To be called once. */
  start(wasm: WebAssembly.Instance): unknown;
  RealtimeSyncManager: {
    new (userId: string, deviceId: string, key: unknown, options: unknown): Core;
    open(options: unknown): Promise<Core>;
  };
}

/** The engine's own manager. It checks what it is given, hence `unknown`. */
export interface Core {
  readonly ready: Promise<void>;
  readonly status: Status;
  readonly facts: Facts;
  readonly deviceId: string | null | undefined;
  readonly keyId: string | null | undefined;
  connect(): void;
  disconnect(): void;
  reconnect(): void;
  acceptKey(): void;
  forget(): Promise<void>;
  pushChange(entityType: unknown, entityId: unknown, operation: unknown, data: unknown): Promise<CoreReceipt>;
  get(entityType: unknown, entityId: unknown): Promise<Entity | undefined>;
  list(entityType: unknown): Promise<Entity[]>;
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
