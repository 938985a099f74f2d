/** After this time without another update of the note, those that wait are carried out. */
const WAIT_MS = 50;

/**
 * Carries out updates of a note that are under way at once in another order than they came: the last one first. One that is alone is
 * only late. Typelets' server begins each where the one before may still wait for the database.
 */
export class Pipeline {
  private readonly waiting = new Map<string, Line>();

  add(noteId: string, update: () => void): void {
    const line = this.waiting.get(noteId) ?? { updates: [], timer: null };
    this.waiting.set(noteId, line);
    line.updates.push(update);
    clearTimeout(line.timer);
    line.timer = setTimeout(() => {
      this.waiting.delete(noteId);
      const last = line.updates.pop()!;
      for (const next of [last, ...line.updates]) next();
    }, WAIT_MS);
  }
}

interface Line {
  updates: (() => void)[];
  timer: ReturnType<typeof setTimeout> | null;
}
