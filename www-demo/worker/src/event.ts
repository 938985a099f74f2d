import type { SyncEvent } from "../../../pkg-template/src/types";
import { isObject } from "./json";
import { MAX_AHEAD_MS, MAX_FRAME_BYTES } from "./limits";
import { syncFrame, type Refusal } from "./outbound";

const LONGEST_RETRY_AFTER_SECONDS = 3600;

/**
 * Reads an event of `userId` that arrived at `now`, whatever `value` is. Fields that are not an event's are left out, so
 * that nothing travels on that was not checked.
 */
export function readEvent(value: unknown, userId: string, now: number): { event: SyncEvent } | { refusal: Refusal } {
  if (!isObject(value)) return { refusal: { code: "invalid", error: "An event must be an object." } };

  const id = isPrintableId(value.id) ? value.id : undefined;
  const refuse = (code: Refusal["code"], error: string, retryAfter?: number) => ({ refusal: { code, error, id, retryAfter } });

  const broken = RULES.find(([field, holds]) => !holds(value[field], value));
  if (broken) return refuse("invalid", `\`${broken[0]}\` must be ${broken[2]}.`);

  const checked = value as unknown as SyncEvent;
  const event: SyncEvent = {
    id: checked.id,
    user_id: checked.user_id,
    entity_type: checked.entity_type,
    entity_id: checked.entity_id,
    operation: checked.operation,
    timestamp: checked.timestamp,
    device_id: checked.device_id,
    // `null` counts as absent and is not sent on.
    encrypted_data: checked.encrypted_data ?? undefined,
    data_hash: checked.data_hash,
    conflict_resolved: checked.conflict_resolved,
    resolution_strategy: checked.resolution_strategy ?? undefined,
  };
  if (event.user_id !== userId) {
    return refuse("forbidden", "`user_id` is not the session's account; sign in as that user.");
  }
  const early = event.timestamp - MAX_AHEAD_MS - now;
  if (early > 0) {
    const retryAfter = Math.min(Math.ceil(early / 1000), LONGEST_RETRY_AFTER_SECONDS);
    return refuse("too_far_future", "`timestamp` is more than 5 minutes ahead of the server; correct the device's clock.", retryAfter);
  }
  // What fits on its way in need not fit on its way out: numbers and a push's events are written anew.
  if (utf8Length(syncFrame(event)) > MAX_FRAME_BYTES) {
    return refuse("too_large", "The event's frame is above 1,048,576 bytes; make the entity smaller.");
  }
  return { event };
}

/** Device and event ids. */
export function isPrintableId(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]{1,64}$/.test(value);
}

export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

type Rule = [field: keyof SyncEvent, holds: (value: unknown, event: Record<string, unknown>) => boolean, must: string];

const RULES: Rule[] = [
  ["id", isPrintableId, "1 to 64 printable ASCII characters"],
  ["user_id", isUnicodeId, "well-formed Unicode of 1 to 256 bytes"],
  ["entity_type", (value) => value === "bookmark" || value === "history" || value === "group", "bookmark, history or group"],
  ["entity_id", isUnicodeId, "well-formed Unicode of 1 to 256 bytes"],
  ["operation", (value) => value === "create" || value === "update" || value === "delete", "create, update or delete"],
  ["timestamp", (value) => Number.isSafeInteger(value) && (value as number) > 0, "a whole number of milliseconds above 0 and below 2^53"],
  ["device_id", isPrintableId, "1 to 64 printable ASCII characters"],
  ["encrypted_data", isBody, "standard padded base64; only a delete may go without"],
  ["data_hash", (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value), "64 lower-case hex digits"],
  ["conflict_resolved", (value) => typeof value === "boolean", "true or false"],
  ["resolution_strategy", (value) => value == null || (typeof value === "string" && value.isWellFormed()), "a string, null or absent"],
];

function isUnicodeId(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.isWellFormed() && utf8Length(value) <= 256;
}

function isBody(value: unknown, event: Record<string, unknown>): boolean {
  if (value == null) return event.operation === "delete";
  if (typeof value !== "string" || value === "" || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return false;
  // Strict decoders refuse a last group whose unused bits are set; it is the only one that can have them.
  const last = value.slice(-4);
  return btoa(atob(last)) === last;
}
