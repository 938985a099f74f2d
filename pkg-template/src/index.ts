/** The public entry: of `sealwire` with the engine's wasm inside, of `sealwire/slim` with the wasm as a file beside it. */

import { ownError } from "./errors.ts";
import { loadEngine } from "./load.ts";
import type { BitmarksOptions, GlintOptions, TypeletsOptions } from "./types.d.ts";

export { SyncError } from "./errors.ts";
export { initSync } from "./load.ts";
export { RealtimeSyncManager } from "./manager.ts";

export async function init(): Promise<void> {
  await loadEngine();
}

export function bitmarks(options: BitmarksOptions) {
  return { ...options, dialect: "bitmarks" as const };
}

export function glint(options: GlintOptions) {
  return { ...options, dialect: "glint" as const };
}

export function typelets(options: TypeletsOptions) {
  return { ...options, dialect: "typelets" as const };
}

// Not the engine's own, because this one may be called before the engine is there.
export function generateDeviceId(): string {
  if (!globalThis.crypto?.randomUUID) throw ownError("not_supported", { detail: "crypto.randomUUID is missing" });
  return `device_${crypto.randomUUID()}`;
}
