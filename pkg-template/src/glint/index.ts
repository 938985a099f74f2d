/** The public entry `sealwire/glint`. */

import type { GlintOptions } from "../glint.d.ts";
import { loadEngine } from "../load.ts";

export { SyncError } from "../errors.ts";
export { RealtimeSyncManager } from "./manager.ts";

export async function init(): Promise<void> {
  await loadEngine();
}

export function glint(options: GlintOptions) {
  return { ...options, dialect: "glint" as const };
}
