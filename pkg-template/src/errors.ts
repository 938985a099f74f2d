/** Errors as the app sees them: those of the engine, and the few that this wrapper makes itself. */

import type { ErrorCode, Fault, SyncError as PublicSyncError } from "./types.d.ts";

export class SyncError extends Error implements PublicSyncError {
  declare readonly name: "SyncError";
  declare readonly code: ErrorCode;
  declare readonly fault: Fault;
  declare readonly option?: string;
  declare readonly detail?: string;

  constructor(code: ErrorCode, message: string, about: { fault: Fault; option?: string; detail?: string }) {
    super(message);
    Object.assign(this, { name: "SyncError", code }, about);
  }

  /** The engine cannot reach this class, so what it throws is an `Error` of this name. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "SyncError";
  }
}

/** What ends a manager for good. */
const LAST: ErrorCode[] = ["outdated", "storage_lost", "storage_failed"];

/** Whether an error that an engine's manager reports is its last. Some of these it can also live on with. */
export function isLast(code: ErrorCode, core: { readonly status: { reason: ErrorCode | null } }): boolean {
  return code === "engine_crashed" || (LAST.includes(code) && core.status.reason === code);
}

/** Those that arise without the engine, in the words that the engine has for them. */
const OWN = {
  bad_option: ["app", "An option cannot be used; `option` names it."],
  closed: ["app", "The manager was closed; open a new one."],
  not_available: ["app", "This does nothing yet."],
  not_supported: ["browser", "The browser lacks something, as WebCrypto on a page without https."],
  wasm_failed: ["browser", "The engine could not be started; the page's policy must allow 'wasm-unsafe-eval'."],
} as const satisfies Partial<Record<ErrorCode, [Fault, string]>>;

export function ownError(code: keyof typeof OWN, about: { option?: string; detail?: string } = {}): SyncError {
  const [fault, message] = OWN[code];
  return new SyncError(code, message, { fault, ...about });
}
