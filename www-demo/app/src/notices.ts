/** Something to tell the user, until it is dismissed or, if nothing went wrong, for a while. */
export interface Notice {
  readonly id: number;
  readonly tone: "done" | "trouble";
  readonly text: string;
  /** How often it was told. */
  readonly times: number;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const MOST = 4;
const DONE_SHOWN_MS = 15_000;

/** The notices in view: the newest ones, few. */
export class Notices {
  #notices: readonly Notice[] = [];
  #lastId = 0;
  readonly #listeners = new Set<() => void>();

  trouble(text: string): void {
    const known = this.#notices.find((notice) => notice.tone === "trouble" && notice.text === text);
    if (known) this.#set(this.#notices.map((notice) => (notice === known ? { ...known, times: known.times + 1 } : notice)));
    else this.#add({ tone: "trouble", text });
  }

  /** Tells what is done, with a way back. */
  done(text: string, action: { label: string; run: () => void }): void {
    const id = this.#add({ tone: "done", text, action });
    setTimeout(() => this.dismiss(id), DONE_SHOWN_MS);
  }

  dismiss(id: number): void {
    if (this.#notices.some((notice) => notice.id === id)) this.#set(this.#notices.filter((notice) => notice.id !== id));
  }

  // Bound, because React calls them without the object.
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): readonly Notice[] => this.#notices;

  #add(notice: Omit<Notice, "id" | "times">): number {
    const id = ++this.#lastId;
    this.#set([...this.#notices, { id, times: 1, ...notice }].slice(-MOST));
    return id;
  }

  #set(notices: readonly Notice[]): void {
    this.#notices = notices;
    for (const listener of this.#listeners) listener();
  }
}

/** The sentence for something that was thrown. */
export function troubleText(cause: unknown): string {
  return cause instanceof Error ? cause.message : "Something went wrong in this page. Reload it and try again.";
}
