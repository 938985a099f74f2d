import { checkFaults, flag, whole, type Rule } from "../fault-rules";
import { MAX_NOTES } from "./limits";

/** How often a fault happens: to an even share of what it can happen to, or, but for the first `after`, to the `next` ones. */
export type Dose = { share: number } | { next: number; after?: number };

/** How a user's hub misbehaves, as Typelets' server was seen to do and as networks do. */
export interface Faults {
  /** The notes are plain text, as in Typelets' first document, and not sealed. */
  plain: boolean;
  /** `note_sync` goes to all of the user's other sockets, and not only to those that have joined the note. */
  syncAll: boolean;
  /** How many notes the user's plan takes. */
  fullAt: number;
  /** `note_update`s that are under way at once are carried out in another order than they were sent. */
  scrambleUpdates: Dose;
  /** The `note_update_success` never comes, or `successAfterMs` later. */
  dropSuccess: Dose;
  delaySuccess: Dose;
  successAfterMs: number;
  /** What goes to the user's other sockets is lost. */
  dropRelays: Dose;
  /** The socket ends at a `note_update`: before it is carried out, or after that and in place of the answer. */
  cutBefore: Dose;
  cutAfter: Dose;
  /** Upgrades, reads and writes are refused with 503, and nothing of them is carried out. */
  refuseSockets: Dose;
  refuseReads: Dose;
  refuseWrites: Dose;
  /** Writes are carried out and answered with a gateway's 502, or with a body that breaks off. */
  loseReplies: Dose;
  breakReplies: Dose;
  /** Requests are carried out at once and answered this much later. */
  replyAfterMs: number;
  /** How much longer it takes to look at a socket's token. */
  authenticateAfterMs: number;
}

/** The faults that have a dose. */
export type DosedFault = { [Name in keyof Faults]: Faults[Name] extends Dose ? Name : never }[keyof Faults];

const NEVER: Dose = { share: 0 };

export const NO_FAULTS: Faults = {
  plain: false,
  syncAll: false,
  fullAt: MAX_NOTES,
  scrambleUpdates: NEVER,
  dropSuccess: NEVER,
  delaySuccess: NEVER,
  successAfterMs: 1000,
  dropRelays: NEVER,
  cutBefore: NEVER,
  cutAfter: NEVER,
  refuseSockets: NEVER,
  refuseReads: NEVER,
  refuseWrites: NEVER,
  loseReplies: NEVER,
  breakReplies: NEVER,
  replyAfterMs: 0,
  authenticateAfterMs: 0,
};

/**
 * Reads the faults that a body asks for; what it does not name is well.
 * @throws {HttpError} 400
 */
export function readFaults(body: Record<string, unknown>): { faults: Faults; closeSockets: boolean } {
  checkFaults(body, RULES);
  const { closeSockets = false, ...named } = body as Partial<Faults> & { closeSockets?: boolean };
  return { faults: { ...NO_FAULTS, ...named }, closeSockets };
}

const dose: Rule = {
  holds: (value) => {
    const { share, next, after = 0, ...rest } = Object(value) as Record<string, unknown>;
    if (Object.keys(rest).length > 0) return false;
    if (share !== undefined) return next === undefined && after === 0 && isIn(share, 0, 1);
    return isIn(next, 1, 1000) && isIn(after, 0, 1000) && Number.isInteger(next) && Number.isInteger(after);
  },
  must: "{share: 0 to 1} or {next: 1 to 1000, after?: 0 to 1000}",
};

function isIn(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

const DOSED: DosedFault[] = [
  "scrambleUpdates",
  "dropSuccess",
  "delaySuccess",
  "dropRelays",
  "cutBefore",
  "cutAfter",
  "refuseSockets",
  "refuseReads",
  "refuseWrites",
  "loseReplies",
  "breakReplies",
];

const RULES = new Map<string, Rule>([
  ["plain", flag],
  ["syncAll", flag],
  ["closeSockets", flag],
  ["fullAt", whole(0, MAX_NOTES)],
  ...["successAfterMs", "replyAfterMs", "authenticateAfterMs"].map((name): [string, Rule] => [name, whole(0, 60_000)]),
  ...DOSED.map((name): [string, Rule] => [name, dose]),
]);
