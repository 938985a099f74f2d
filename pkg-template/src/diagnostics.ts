/** What a bug report has of a manager, its engine and its page. */

import type { Counters, Diagnostics, ErrorCode } from "./types.d.ts";

/** What the engine's manager has counted and told: an object that goes on changing, and is there after a crash as well. */
export interface Facts {
  dialect: "bitmarks" | "glint" | "typelets";
  server: string;
  counters: Omit<Counters, "reconnects">;
  errors: { code: ErrorCode; at: number; times: number }[];
}

const NOTHING: Facts["counters"] = {
  framesSent: 0, bytesSent: 0, framesReceived: 0, bytesReceived: 0, dials: 0, requests: 0, resends: 0, conflicts: 0,
};

/** `facts` are missing as long as the engine is being loaded. */
export function diagnosticsOf<S>(status: S, facts: Facts | undefined): Diagnostics<S> {
  const { navigator, document, isSecureContext, BroadcastChannel, indexedDB } = globalThis;
  const counters = facts?.counters ?? NOTHING;
  return {
    version: VERSION,
    at: Date.now(),
    dialect: facts?.dialect ?? null,
    server: facts?.server ?? null,
    status,
    counters: { ...counters, reconnects: Math.max(0, counters.dials - 1) },
    errors: facts?.errors.map((error) => ({ ...error })) ?? [],
    page: {
      userAgent: navigator.userAgent,
      isSecure: isSecureContext,
      isOnline: navigator.onLine,
      isVisible: document ? document.visibilityState === "visible" : null,
      hasIndexedDb: indexedDB !== undefined,
      hasLocks: navigator.locks !== undefined,
      hasBroadcastChannel: BroadcastChannel !== undefined,
    },
  };
}
