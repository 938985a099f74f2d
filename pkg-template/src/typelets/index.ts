/** The public entry `sealwire/typelets`. */

import { loadEngine } from "../load.ts";
import type { TypeletsOptions } from "../typelets.d.ts";

export { SyncError } from "../errors.ts";
export { RealtimeSyncManager } from "./manager.ts";

export async function init(): Promise<void> {
  await loadEngine();
}

export function typelets(options: TypeletsOptions) {
  return { ...options, dialect: "typelets" as const };
}
