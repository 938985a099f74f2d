import type { NewTodo, RealtimeSyncManager, Rejected, Status, TodoNode, TodoSet } from "sealwire/glint";
import { beforeNextFrame } from "../frame";
import { keepTitles, keptTitle } from "./kept-titles";

/** What the page shows of a team. Parts that did not change keep their identity. */
export interface Shown {
  readonly setId: string;
  readonly sets: readonly TodoSet[];
  readonly todos: readonly TodoNode[];
  readonly refused: readonly Rejected[];
  readonly status: Status;
}

/** Mirrors the set that is shown for React; reads it anew at most once a frame. */
export class TodoStore {
  readonly #manager: RealtimeSyncManager;
  readonly #team: string;
  /** Also of todos that are gone: what was refused may be of one of them. */
  readonly #titles = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  readonly #onFailure: (cause: unknown) => void;
  #shown: Shown;
  #announced = false;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(manager: RealtimeSyncManager, team: string, onFailure: (cause: unknown) => void) {
    this.#manager = manager;
    this.#team = team;
    this.#onFailure = onFailure;
    this.#shown = { setId: manager.setId, sets: [], todos: [], refused: [], status: manager.status };
    let { state } = manager.status;
    for (const event of ["change", "ready", "rejected"] as const) manager.on(event, () => this.#announce());
    // The marks of what waits change with the status.
    manager.on("status", (status) => {
      if (status.state !== state && (status.state === "live" || status.state === "polling")) this.loadSets().catch(() => undefined);
      state = status.state;
      this.#announce();
    });
  }

  /** Reads all of the set anew, after what is being read. */
  load(): Promise<void> {
    const loaded = this.#reading.then(async () => {
      if (this.#closed) return;
      const [{ setId }, todos, refused] = [this.#manager, await this.#manager.todos(), await this.#manager.wedged()];
      // Read across a switch: the next reading has the other set.
      if (setId !== this.#manager.setId || this.#closed) return;
      this.#learn(todos);
      keepTitles(this.#place(setId), refused, (id) => this.#titleIn(setId, id));
      this.#show({ setId, todos, refused, status: this.#manager.status });
    });
    this.#reading = loaded.catch(() => undefined);
    return loaded;
  }

  /** Makes a todo; its title is known from then on, even if the server refuses it before it was shown. */
  async create(todo: NewTodo): Promise<void> {
    const { todoId } = await this.#manager.createTodo(todo);
    this.#titles.set(todoId, todo.title);
  }

  /** The title of a todo of the set that is shown, also where it is not there any more. */
  titleOf(id: string): string | undefined {
    return this.#titleIn(this.#shown.setId, id);
  }

  async loadSets(): Promise<void> {
    const { sets } = await this.#manager.sets();
    this.#show({ sets });
  }

  close(): void {
    this.#closed = true;
  }

  // Bound, because React calls them without the object.
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Shown => this.#shown;

  #titleIn(setId: string, id: string): string | undefined {
    return this.#titles.get(id) ?? keptTitle(this.#place(setId), id);
  }

  #place(setId: string): string {
    return `${this.#team}/${setId}`;
  }

  #learn(todos: readonly TodoNode[]): void {
    for (const { id, key, title, children } of todos) {
      this.#titles.set(id, title).set(key, title);
      this.#learn(children);
    }
  }

  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    beforeNextFrame(() => {
      this.#announced = false;
      this.load().catch((cause) => this.#closed || this.#onFailure(cause));
    });
  }

  #show(parts: Partial<Shown>): void {
    if (this.#closed) return;
    this.#shown = { ...this.#shown, ...parts };
    for (const listener of this.#listeners) listener();
  }
}
