/** The manager as the app holds it: it stands in for the engine's own until the wasm is there, and hands on from then. */

import { diagnosticsOf, type Facts } from "./diagnostics.ts";
import { dispose } from "./dispose.ts";
import type { Core, CoreReceipt, Engine } from "./engine.ts";
import { isLast, ownError, SyncError } from "./errors.ts";
import { forgetEngine, loadEngine } from "./load.ts";
import { requestPersistence } from "./persistence.ts";
import type {
  BitmarksEntity, Changes, Diagnostics, DialectOptions, Entity, EntityMap, ErrorReport, EventMap, Operation, PositionalOptions, Receipt,
  RealtimeSyncManager as PublicManager, Rejected, Status,
} from "./types.d.ts";

/** A call that waits for the engine: `run` when it is there, `fail` when it never comes. */
interface Call {
  run(core: Core): void;
  fail(error: SyncError): void;
}

type State =
  | { name: "loading"; calls: Call[]; status: Status }
  | { name: "running"; core: Core }
  | { name: "ended"; error: SyncError; status: Status };

/** What `open` hands to the constructor. */
class Opened {
  constructor(readonly core: Core, readonly engine: Promise<Engine>) {}
}

const IDLE: Status = Object.freeze({
  state: "idle",
  reason: null,
  pending: 0,
  inFlight: 0,
  wedged: 0,
  oldestPending: null,
  confirmation: null,
  storage: "memory",
  account: "unknown",
  key: "unknown",
  attempts: 0,
  retryAt: null,
  lastSync: null,
  held: 0,
  lastClose: null,
});

export class RealtimeSyncManager<M extends EntityMap = Record<BitmarksEntity, unknown>> implements PublicManager<M> {
  readonly ready: Promise<void>;
  /** Held here, because a crashed engine gives nothing any more. */
  #facts: Facts | undefined;
  #state: State = { name: "loading", calls: [], status: IDLE };

  static async open<M extends EntityMap = Record<BitmarksEntity, unknown>>(options: DialectOptions): Promise<RealtimeSyncManager<M>> {
    const own = taken(options);
    const engine = loadEngine();
    try {
      const core = await (await engine).RealtimeSyncManager.open(own);
      return new RealtimeSyncManager<M>(new Opened(core, engine));
    } catch (error) {
      if (error instanceof SyncError && error.code === "engine_crashed") forgetEngine(engine);
      throw error;
    }
  }

  constructor(userId: string | Opened, deviceId?: string, key?: Uint8Array, options?: PositionalOptions) {
    if (userId instanceof Opened) {
      this.#run(userId.core, userId.engine);
      this.ready = userId.core.ready;
      return;
    }
    if (typeof userId !== "string") throw badOption("userId", "must be a string");
    if (typeof deviceId !== "string") throw badOption("deviceId", "must be a string");
    if (!(key instanceof Uint8Array && key.length === 32)) throw badOption("key", "must be a Uint8Array of 32 bytes");
    this.ready = this.#start(userId, deviceId, taken({ ...options, key }));
    this.ready.catch(() => {}); // every call and the `error` event tell it; nobody has to await `ready`
  }

  get status(): Status {
    return this.#state.name === "running" ? this.#state.core.status : this.#state.status;
  }

  get deviceId(): string | null {
    return this.#state.name === "running" ? (this.#state.core.deviceId ?? null) : null;
  }

  get keyId(): string | null {
    return this.#state.name === "running" ? (this.#state.core.keyId ?? null) : null;
  }

  acceptKey(): void {
    this.#tell((core) => core.acceptKey());
  }

  connect(): void {
    this.#tell((core) => core.connect());
  }

  disconnect(): void {
    this.#tell((core) => core.disconnect());
  }

  reconnect(): void {
    this.#tell((core) => core.reconnect());
  }

  pushChange<T extends keyof M & string>(entityType: T, entityId: string, operation: Operation, data?: M[T]): Promise<Receipt> {
    const own = this.#state.name === "loading" ? jsonCopy(data) : data;
    return this.#ask(async (core) => {
      const receipt = await core.pushChange(entityType, entityId, operation, own);
      return this.#receipt(receipt);
    });
  }

  #receipt(receipt: CoreReceipt): Receipt {
    return Object.freeze({ ...receipt, cancel: () => this.#ask((core) => core.cancel(receipt.id)) });
  }

  get<T extends keyof M & string>(entityType: T, entityId: string): Promise<Entity<M[T]> | undefined> {
    return this.#ask((core) => core.get(entityType, entityId) as Promise<Entity<M[T]> | undefined>);
  }

  list<T extends keyof M & string>(entityType: T): Promise<Entity<M[T]>[]> {
    return this.#ask((core) => core.list(entityType) as Promise<Entity<M[T]>[]>);
  }

  on<E extends keyof EventMap<M>>(event: E, listener: (argument: EventMap<M>[E]) => void): () => void {
    let wanted = true;
    let end: (() => void) | undefined;
    this.#tell(
      (core) => {
        if (wanted) end = core.on(event, listener);
      },
      (error) => {
        // Each in a microtask of its own: one that throws stops no other.
        if (wanted && event === "error" && error.code !== "closed") {
          queueMicrotask(() => (listener as (report: ErrorReport) => void)(error));
        }
      },
    );
    return () => {
      wanted = false;
      end?.();
    };
  }

  wedged(): Promise<Rejected[]> {
    return this.#ask((core) => core.wedged());
  }

  retry(id: string): Promise<boolean> {
    return this.#ask((core) => core.retry(id));
  }

  discard(id: string): Promise<boolean> {
    return this.#ask((core) => core.discard(id));
  }

  receipt(id: string): Promise<Receipt | undefined> {
    return this.#ask(async (core) => {
      const receipt = await core.receipt(id);
      return receipt && this.#receipt(receipt);
    });
  }

  changesSince(revision: number): Promise<Changes<M[keyof M & string]>> {
    return this.#ask((core) => core.changesSince(revision) as Promise<Changes<M[keyof M & string]>>);
  }

  requestPersistence(): Promise<boolean> {
    return requestPersistence();
  }

  async forget(): Promise<void> {
    await this.#ask((core) => core.forget());
    this.close();
  }

  diagnostics(): Diagnostics {
    return diagnosticsOf(this.status, this.#facts);
  }

  close(): void {
    const state = this.#state;
    this.#end(ownError("closed"));
    // Its memory goes when it is collected: its own `free()` throws while one of its calls is on the stack.
    if (state.name === "running") state.core.close();
  }

  free(): void {
    this.close();
  }

  [dispose](): void {
    this.close();
  }

  async #start(userId: string, deviceId: string, options: Record<string, unknown>): Promise<void> {
    const loading = loadEngine();
    try {
      const engine = await loading;
      if (this.#state.name === "ended") throw this.#state.error;
      const core = new engine.RealtimeSyncManager(userId, deviceId, options["key"], options);
      this.#run(core, loading);
      return core.ready;
    } catch (error) {
      if (this.#state.name === "loading") this.#end(error as SyncError);
      throw error;
    }
  }

  #run(core: Core, engine: Promise<Engine>): void {
    const state = this.#state;
    this.#state = { name: "running", core };
    this.#facts = core.facts;
    // The engine holds this listener, and the listener `this`: a manager that is not closed is never collected, also where
    // the app only listens and keeps no reference.
    core.on("error", ({ code, fault, message }) => {
      if (!isLast(code, core)) return;
      if (code === "engine_crashed") forgetEngine(engine);
      this.#end(new SyncError(code, message, { fault }));
    });
    if (state.name !== "loading") return;
    for (const call of state.calls) {
      try {
        call.run(core);
      } catch (error) {
        call.fail(error as SyncError);
      }
    }
  }

  #end(error: SyncError): void {
    const state = this.#state;
    const status: Status = error.code === "closed" ? IDLE : Object.freeze({ ...IDLE, state: "stopped", reason: error.code });
    this.#state = { name: "ended", error, status };
    if (state.name === "loading") for (const call of state.calls) call.fail(error);
  }

  /** Runs `run` on the engine's manager: now, or in its turn once the engine is there. */
  #tell(run: Call["run"], fail: Call["fail"] = () => {}): void {
    switch (this.#state.name) {
      case "loading":
        this.#state.calls.push({ run, fail });
        return;
      case "running":
        run(this.#state.core);
        return;
      case "ended":
        throw this.#state.error;
    }
  }

  /** The same for a call that answers; all errors become rejections. */
  #ask<T>(call: (core: Core) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.#tell((core) => resolve(call(core)), reject));
  }
}

const badOption = (option: string, must: string) => ownError("bad_option", { option, detail: `\`${option}\` ${must}` });

/** The options as they are now: an app may wipe its key as soon as it has called. */
function taken(options: object): Record<string, unknown> {
  const own: Record<string, unknown> = { ...options };
  const copy = (key: unknown) => {
    if (!(key instanceof Uint8Array)) return key;
    const copied = new Uint8Array(key);
    if (own["wipeKey"] === true) key.fill(0);
    return copied;
  };
  if (own["key"] !== undefined) own["key"] = Array.isArray(own["key"]) ? own["key"].map((member) => ({ ...member, key: copy(member?.key) })) : copy(own["key"]);
  return own;
}

/** What `data` holds now; the app may go on changing its object while the engine loads. */
function jsonCopy(data: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(data));
  } catch {
    return data; // no JSON: the engine refuses it with `bad_change`
  }
}
