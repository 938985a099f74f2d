import { setTimeout as sleep } from "node:timers/promises";

const BOUND_MS = 30_000;
const PAUSE_MS = 50;

/**
 * Reads again and again until the answer satisfies `until`, and resolves to it. Rejects, naming `what` and the last answer, when
 * that takes longer than `bound` milliseconds.
 */
export async function eventually(what, read, { until = Boolean, bound = BOUND_MS } = {}) {
  const deadline = Date.now() + bound;
  for (;;) {
    const answer = await read();
    if (until(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${bound} ms; the last answer was ${JSON.stringify(answer)}`);
    await sleep(PAUSE_MS);
  }
}

export const is = (expected) => (answer) => answer === expected;
