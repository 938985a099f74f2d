/** The manager as the app holds it: one engine for the set that is shown, and one for each that was and in which changes wait. */

import { closedStatus } from "../closed-status.ts";
import { diagnosticsOf, type Facts } from "../diagnostics.ts";
import { dispose } from "../dispose.ts";
import type { CoreReceipt, Engine as AnyEngine } from "../engine.ts";
import { isLast, ownError, SyncError } from "../errors.ts";
import type {
  Assignee, Changes, Diagnostics, DialectOptions, EventMap, NewTodo, NewTodoReceipt, Receipt, Rejected, RealtimeSyncManager as PublicManager, Sets, Status, Todo,
  TodoNode, TodoUpdate,
} from "../glint.d.ts";
import { forgetEngine, loadEngine } from "../load.ts";
import { requestPersistence } from "../persistence.ts";
import type { Core, CoreRejected, Engine } from "./core.ts";
import { inOrderOfTime } from "../temporary-id.ts";
import { treeOf } from "./tree.ts";
import { waitingSets } from "./waiting.ts";

type Event = keyof EventMap;

/** What the app wants to hear, and how to end that with each engine that tells it. */
interface Wish {
  event: Event;
  listener: (argument: never) => void;
  ends: Map<Core, () => void>;
}

/** A set that is not shown. */
interface Retired {
  core: Core;
  /** It is sent, or cannot be now, or is shown again. */
  over: () => void;
}

/** What is told of a set that is not shown. */
const ALWAYS_TOLD: Event[] = ["error", "rejected"];

export class RealtimeSyncManager implements Omit<PublicManager, never> {
  readonly ready: Promise<void>;
  readonly #options: DialectOptions;
  readonly #running: Promise<AnyEngine>;
  readonly #engine: Engine;
  readonly #wishes = new Set<Wish>();
  readonly #retired = new Map<string, Retired>();
  #core: Core;
  /** Of the set that is shown. Held here, because a crashed engine gives nothing any more. */
  #facts: Facts;
  #setId: string;
  #isConnected = false;
  #isFlushing = false;
  #error: SyncError | undefined;
  /** Sets are opened and shown one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  static async open(options: DialectOptions): Promise<RealtimeSyncManager> {
    const own = { ...options };
    const running = loadEngine();
    try {
      const engine = (await running) as unknown as Engine;
      const core = await engine.RealtimeSyncManager.open(own);
      return new RealtimeSyncManager(own, running, engine, core);
    } catch (error) {
      if (error instanceof SyncError && error.code === "engine_crashed") forgetEngine(running);
      throw error;
    }
  }

  private constructor(options: DialectOptions, running: Promise<AnyEngine>, engine: Engine, core: Core) {
    this.#options = options;
    this.#running = running;
    this.#engine = engine;
    this.#core = core;
    this.#facts = core.facts;
    this.#setId = options.setId;
    this.ready = core.ready;
    this.#watch(core, options.setId);
  }

  get status(): Status {
    return this.#error ? closedStatus(this.#error.code) : this.#core.status;
  }

  get setId(): string {
    return this.#setId;
  }

  connect(): void {
    this.#alive().connect();
    this.#isConnected = true;
    this.#resume(["idle"]);
    void this.#flush();
  }

  disconnect(): void {
    this.#alive().disconnect();
    this.#isConnected = false;
    for (const { core } of this.#retired.values()) core.disconnect();
  }

  reconnect(): void {
    this.#alive().reconnect();
    this.#isConnected = true;
    this.#resume(["idle", "stopped"]);
    void this.#flush();
  }

  async createTodo(todo: NewTodo): Promise<NewTodoReceipt> {
    const core = this.#alive();
    const todoId = todo?.id ?? inOrderOfTime(core.newId());
    const receipt = await this.#push(core, todoId, "create", { title: todo?.title, parentId: todo?.parentId });
    return Object.freeze({ ...receipt, todoId });
  }

  async updateTodo(id: string, fields: TodoUpdate): Promise<Receipt> {
    return this.#push(this.#alive(), id, "update", fields);
  }

  async deleteTodo(id: string): Promise<Receipt> {
    return this.#push(this.#alive(), id, "delete");
  }

  async reorder(items: { id: string; sortOrder: number }[]): Promise<Receipt> {
    return this.#push(this.#alive(), "", "reorder", { items });
  }

  async claim(id: string, claimed = true): Promise<Receipt> {
    return this.#push(this.#alive(), id, "claim", { claimed });
  }

  async assign(id: string, people: (string | Assignee)[]): Promise<Receipt> {
    const assignees = Array.isArray(people) ? people.map((person) => (typeof person === "string" ? { userId: person } : person)) : people;
    return this.#push(this.#alive(), id, "assign", { assignees });
  }

  async moveTodo(id: string, targetSetId: string, insertAt?: "top" | "bottom"): Promise<Receipt> {
    return this.#push(this.#alive(), id, "move", { targetSetId, insertAt });
  }

  move(id: string, targetSetId: string, insertAt?: "top" | "bottom"): Promise<Receipt> {
    return this.moveTodo(id, targetSetId, insertAt);
  }

  async pushChange(entityType: "todo", entityId: string, operation: string, data?: unknown): Promise<Receipt> {
    return this.#receipt(this.#alive(), await this.#alive().pushChange(entityType, entityId, operation, data));
  }

  async #push(core: Core, id: string, operation: string, data?: unknown): Promise<Receipt> {
    return this.#receipt(core, await core.pushChange("todo", id, operation, data));
  }

  #receipt(core: Core, receipt: CoreReceipt): Receipt {
    const cancel = async () => {
      this.#alive();
      // A set that is open no more has been sent.
      return this.#isOpen(core) && core.cancel(receipt.id);
    };
    return Object.freeze({ ...receipt, cancel });
  }

  async get(id: string): Promise<Todo | undefined> {
    return this.#alive().get(id);
  }

  async list(): Promise<Todo[]> {
    return this.#alive().list();
  }

  async todos(): Promise<TodoNode[]> {
    return treeOf(await this.#alive().list());
  }

  async sets(): Promise<Sets> {
    return this.#alive().sets();
  }

  switchSet(setId: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#alive();
      if (setId === this.#setId) return;
      const retired = this.#retired.get(setId);
      const core = retired?.core ?? (await this.#open(setId));
      this.#retired.delete(setId);
      retired?.over();
      const [former, formerId] = [this.#core, this.#setId];
      [this.#core, this.#setId] = [core, setId];
      this.#facts = core.facts;
      for (const wish of this.#wishes) this.#tell(wish, core, setId);
      // One that was retired wants news again.
      if (this.#isConnected) retired ? core.reconnect() : core.connect();
      for (const wish of this.#wishes) if (!ALWAYS_TOLD.includes(wish.event)) endOf(wish, former);
      this.#retire(former, formerId);
    });
  }

  on<E extends Event>(event: E, listener: (argument: EventMap[E]) => void): () => void {
    const wish: Wish = { event, listener, ends: new Map() };
    this.#tell(wish, this.#alive(), this.#setId);
    this.#wishes.add(wish);
    if (ALWAYS_TOLD.includes(event)) for (const [setId, { core }] of this.#retired) this.#tell(wish, core, setId);
    return () => {
      this.#wishes.delete(wish);
      for (const core of [...wish.ends.keys()]) endOf(wish, core);
    };
  }

  async wedged(): Promise<Rejected[]> {
    const setId = this.#setId;
    return (await this.#alive().wedged()).map((rejected) => ({ ...rejected, setId }));
  }

  async retry(id: string): Promise<boolean> {
    return this.#alive().retry(id);
  }

  async discard(id: string): Promise<boolean> {
    return this.#alive().discard(id);
  }

  async receipt(id: string): Promise<Receipt | undefined> {
    const core = this.#alive();
    const receipt = await core.receipt(id);
    return receipt && this.#receipt(core, receipt);
  }

  async changesSince(revision: number): Promise<Changes> {
    return this.#alive().changesSince(revision);
  }

  requestPersistence(): Promise<boolean> {
    return requestPersistence();
  }

  async forget(): Promise<void> {
    const core = this.#alive();
    this.#closeRetired();
    const wiped = core.forget();
    this.close();
    await wiped;
  }

  diagnostics(): Diagnostics<Status> {
    return diagnosticsOf(this.status, this.#facts);
  }

  close(): void {
    this.#end(ownError("closed"));
    // Their memory goes when it is collected: their own `free()` throws while one of their calls is on the stack.
    this.#closeRetired();
    this.#core.close();
  }

  free(): void {
    this.close();
  }

  [dispose](): void {
    this.close();
  }

  /** The engine of the set that is shown. */
  #alive(): Core {
    if (this.#error) throw this.#error;
    return this.#core;
  }

  #end(error: SyncError): void {
    this.#error ??= error;
    this.#isConnected = false;
  }

  #isOpen(core: Core): boolean {
    return core === this.#core || [...this.#retired.values()].some((retired) => retired.core === core);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #open(setId: string): Promise<Core> {
    const core = await this.#engine.RealtimeSyncManager.open({ ...this.#options, setId });
    if (this.#error) {
      core.close();
      throw this.#error;
    }
    this.#watch(core, setId);
    return core;
  }

  /** The engine holds these listeners, and they `this`: a manager that is not closed is never collected, also where the app only listens. */
  #watch(core: Core, setId: string): void {
    core.on("error", ({ code, fault, message }) => {
      if (code === "engine_crashed") forgetEngine(this.#running);
      if (isLast(code, core)) {
        if (core === this.#core || code === "engine_crashed") this.#end(new SyncError(code, message, { fault }));
        else this.#drop(this.#retired.get(setId), setId);
      }
      // Another tab has forgotten the account.
      if (code === "closed" && core === this.#core) this.close();
    });
    // What it waited for is in `status` once it has told everything.
    core.on("drained", () => queueMicrotask(() => this.#drained(core, setId)));
  }

  #tell(wish: Wish, core: Core, setId: string): void {
    if (wish.ends.has(core)) return;
    const { event, listener } = wish;
    const ofSet = (rejected: CoreRejected) => (listener as (rejected: Rejected) => void)(Object.freeze({ ...rejected, setId }));
    const isWrapped = event === "rejected" && typeof listener === "function";
    wish.ends.set(core, core.on(event as string, isWrapped ? ofSet : listener));
    // An engine that is here has loaded what is stored.
    if (event === "ready") queueMicrotask(() => wish.ends.has(core) && (listener as () => void)());
  }

  /** What waits in a set is sent, and nothing more is heard of it but errors. Resolves when that is over. */
  #retire(core: Core, setId: string): Promise<void> {
    return new Promise((over) => {
      this.#retired.set(setId, { core, over });
      core.retire();
    });
  }

  #drained(core: Core, setId: string): void {
    const retired = this.#retired.get(setId);
    if (retired?.core !== core) return;
    retired.over();
    // Otherwise it cannot be sent now: it is when the app connects again.
    if (core.status.pending === 0) this.#drop(retired, setId);
  }

  #drop(retired: Retired | undefined, setId: string): void {
    if (!retired) return;
    const { core, over } = retired;
    this.#retired.delete(setId);
    for (const wish of this.#wishes) wish.ends.delete(core);
    over();
    core.close();
  }

  #closeRetired(): void {
    for (const [setId, retired] of this.#retired) this.#drop(retired, setId);
  }

  /** Goes on sending what was retired and came to a halt. */
  #resume(states: Status["state"][]): void {
    for (const { core } of this.#retired.values()) {
      const { state } = core.status;
      if (!states.includes(state)) continue;
      if (state === "idle") core.connect();
      else core.reconnect();
      core.retire();
    }
  }

  /** Sends what waits in sets that are not open, as from before a reload. */
  async #flush(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    for (const setId of await waitingSets(this.#core.database)) {
      if (!this.#isConnected) break;
      await this.#inTurn(() => this.#openRetired(setId))
        .then(({ over }) => over)
        .catch(() => {}); // What waits there stays; it is tried again with the next connection.
    }
    this.#isFlushing = false;
  }

  /** Opens a set that is not shown. In an object, because a promise of a promise would wait for that as well, and hold up the turn. */
  async #openRetired(setId: string): Promise<{ over?: Promise<void> }> {
    if (!this.#isConnected || setId === this.#setId || this.#retired.has(setId)) return {};
    const core = await this.#open(setId);
    for (const wish of this.#wishes) if (ALWAYS_TOLD.includes(wish.event)) this.#tell(wish, core, setId);
    if (this.#isConnected) core.connect();
    return { over: this.#retire(core, setId) };
  }
}

function endOf(wish: Wish, core: Core): void {
  wish.ends.get(core)?.();
  wish.ends.delete(core);
}
