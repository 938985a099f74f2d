/** The status of a manager of rows without an engine: it was closed, or has crashed. */

import type { Status } from "./types.d.ts";

type RowsStatus = Omit<Status, "state" | "confirmation" | "key" | "held">;

const CLOSED: RowsStatus = {
  reason: null,
  pending: 0,
  inFlight: 0,
  wedged: 0,
  oldestPending: null,
  storage: "memory",
  account: "unknown",
  attempts: 0,
  retryAt: null,
  lastSync: null,
  lastClose: null,
};

const IDLE = Object.freeze({ state: "idle" as const, ...CLOSED });

const stopped = new Map<Status["reason"], RowsStatus & { state: "stopped" }>();

/** `idle` where the app has closed it, else `stopped`, with the reason; the same object each time. */
export function closedStatus(reason: Status["reason"]) {
  if (reason === "closed") return IDLE;
  if (!stopped.has(reason)) stopped.set(reason, Object.freeze({ state: "stopped", ...CLOSED, reason }));
  return stopped.get(reason)!;
}
