import type { RealtimeSyncManager } from "sealwire";
import { CHUNK } from "../edits";
import { troubleText } from "../notices";
import type { PlannedChange } from "./plan";

export interface ImportResult {
  stored: number;
  /** What is not stored: failed, or not tried after the import was stopped. */
  left: PlannedChange[];
  /** Why changes failed, each reason once. */
  troubles: string[];
}

/**
 * Stores the changes a chunk at a time; stops where `signal` says so, or where a whole chunk failed, since the next one
 * would fail as well. Calling it again with what is left goes on.
 */
export async function runImport(
  manager: RealtimeSyncManager,
  changes: readonly PlannedChange[],
  signal: AbortSignal,
  onProgress: (stored: number) => void,
): Promise<ImportResult> {
  const failed: PlannedChange[] = [];
  const troubles = new Set<string>();
  let stored = 0;
  let next = 0;
  while (next < changes.length && !signal.aborted) {
    const chunk = changes.slice(next, next + CHUNK);
    next += chunk.length;
    const results = await Promise.allSettled(
      chunk.map(({ entityType, entityId, data }) => manager.pushChange(entityType, entityId, "create", data)),
    );
    results.forEach((result, index) => {
      if (result.status === "fulfilled") {
        stored += 1;
      } else {
        failed.push(...chunk.slice(index, index + 1));
        troubles.add(troubleText(result.reason));
      }
    });
    onProgress(stored);
    if (results.every(({ status }) => status === "rejected")) break;
  }
  return { stored, left: [...failed, ...changes.slice(next)], troubles: [...troubles] };
}
