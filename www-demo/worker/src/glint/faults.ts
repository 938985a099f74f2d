import { checkFaults, flag, share, whole, type Rule } from "../fault-rules";
import { MAX_TODOS_OF_SET } from "./limits";

/** How a team's server misbehaves, as the real one was seen to do and as networks do. */
export interface Faults {
  /** The share of events that are lost, 0 to 1. */
  dropEvents: number;
  /** The share of events that are held back, 0 to 1, and how many later ones overtake each. */
  reorderEvents: number;
  overtakenBy: number;
  /** Live push is not available: 503 for it, and whoever listens is cut off. */
  noLivePush: boolean;
  /** Requests are carried out at once and answered this much later. */
  replyAfterMs: number;
  /** How many more writes are carried out and answered with 502. */
  loseReplies: number;
  /** How many todos a set takes. */
  fullAt: number;
  /** Until then requests wait, and only then are carried out. Milliseconds since 1970. */
  silentUntil: number;
}

export const NO_FAULTS: Faults = {
  dropEvents: 0,
  reorderEvents: 0,
  overtakenBy: 1,
  noLivePush: false,
  replyAfterMs: 0,
  loseReplies: 0,
  fullAt: MAX_TODOS_OF_SET,
  silentUntil: 0,
};

/**
 * Reads the faults that a body asks for; what it does not name is well.
 * @throws {HttpError} 400 also at a name that is no fault: a test that misspells one would prove nothing
 */
export function readFaults(body: Record<string, unknown>, now: number): Faults {
  checkFaults(body, RULES);
  const { silentForMs = 0, ...named } = body as Partial<Faults> & { silentForMs?: number };
  return { ...NO_FAULTS, ...named, silentUntil: now + silentForMs };
}

const RULES = new Map<string, Rule>([
  ["dropEvents", share],
  ["reorderEvents", share],
  ["overtakenBy", whole(1, 100)],
  ["noLivePush", flag],
  ["replyAfterMs", whole(0, 60_000)],
  ["loseReplies", whole(0, 1000)],
  ["fullAt", whole(0, MAX_TODOS_OF_SET)],
  ["silentForMs", whole(0, 60_000)],
]);
