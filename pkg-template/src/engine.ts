/** What wasm-bindgen makes of the crate, as far as it is used here. */

import type { Entity, ErrorReport, Receipt, Status } from "./types.d.ts";

/** One instance of the engine's module, with its own memory. */
export interface Engine {
  default(from: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  initSync(from: { module: WebAssembly.Module }): unknown;
  RealtimeSyncManager: {
    new (userId: string, deviceId: string, key: unknown, options: unknown): Core;
    open(options: unknown): Promise<Core>;
  };
}

/** The engine's own manager. It checks what it is given, hence `unknown`. */
export interface Core {
  readonly ready: Promise<void>;
  readonly status: Status;
  readonly deviceId: string | null | undefined;
  connect(): void;
  disconnect(): void;
  reconnect(): void;
  pushChange(entityType: unknown, entityId: unknown, operation: unknown, data: unknown): Promise<Receipt>;
  get(entityType: unknown, entityId: unknown): Promise<Entity | undefined>;
  list(entityType: unknown): Promise<Entity[]>;
  on(event: "error", listener: (report: ErrorReport) => void): () => void;
  on(event: unknown, listener: unknown): () => void;
  close(): void;
}
