import type { Texts } from "./clash";

/** How long the keyboard rests before what was typed is saved, and the longest that it waits for that. */
const QUIET_MS = 400;
const LONGEST_MS = 2_000;

/** What is typed into a note and not saved yet. A change of the SDK for each key would seal and store the whole note as often. */
export class Draft {
  readonly #save: (texts: Texts) => Promise<unknown>;
  readonly #listeners = new Set<() => void>();
  #typed: Texts = {};
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `save` resolves when what it was given is stored and shown. What it does not store is kept, and goes with the next. */
  constructor(save: (texts: Texts) => Promise<unknown>) {
    this.#save = save;
  }

  type(field: keyof Texts, text: string): void {
    if (Object.keys(this.#typed).length === 0) this.#since = Date.now();
    this.#set({ ...this.#typed, [field]: text });
    clearTimeout(this.#timer);
    const longest = this.#since + LONGEST_MS - Date.now();
    this.#timer = setTimeout(() => void this.flush(), Math.max(0, Math.min(QUIET_MS, longest)));
  }

  /** Saves what is typed now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const sent = this.#typed;
    if (Object.keys(sent).length === 0) return;
    this.#since = Date.now();
    try {
      await this.#save(sent);
    } catch {
      return; // `save` tells it.
    }
    // What was typed meanwhile stays.
    const left = Object.entries(this.#typed).filter(([field, text]) => sent[field as keyof Texts] !== text);
    this.#set(Object.fromEntries(left));
  }

  /** Gives up what is typed. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#set({});
  }

  // Bound, because React calls them without the object.
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Texts => this.#typed;

  #set(typed: Texts): void {
    this.#typed = typed;
    for (const listener of this.#listeners) listener();
  }
}
