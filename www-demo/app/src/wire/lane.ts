/** One direction of a connection: what goes into it comes out in the same order, later where it is slow. */
export class Lane {
  #freeAt = 0;
  #closed = false;

  pass(delay: number, arrive: () => void): void {
    const now = performance.now();
    const at = Math.max(now + delay, this.#freeAt);
    if (at <= now) return arrive();
    this.#freeAt = at;
    setTimeout(() => this.#closed || arrive(), at - now);
  }

  /** What is still in it is gone. */
  close(): void {
    this.#closed = true;
  }
}

/** Takes one of so many, evenly and not by lot. */
export class Turn {
  #count = 0;

  constructor(readonly of: number) {}

  comes(): boolean {
    this.#count = (this.#count + 1) % this.of;
    return this.#count === 0;
  }
}
