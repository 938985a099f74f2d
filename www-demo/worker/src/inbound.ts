import { isPrintableId, utf8Length } from "./event";
import { isObject, parseObject } from "./json";
import { MAX_FRAME_BYTES } from "./limits";
import type { Refusal } from "./outbound";

/** What a client's frame turned out to be. The event of a `sync` is not checked yet. */
export type Inbound = { type: "ping" } | { type: "sync"; event: unknown } | { type: "refused"; refusal: Refusal };

/** Reads a frame, whatever it holds. */
export function readFrame(message: string | ArrayBuffer): Inbound {
  if (typeof message !== "string") return refused("invalid", "A frame must be JSON in a text frame.");
  if (message.length > 2 * MAX_FRAME_BYTES) return tooLarge();

  // One that is only somewhat too large is read for the id of its event: without it the client could not tell what was refused.
  const frame = parseObject(message);
  if (utf8Length(message) > MAX_FRAME_BYTES) return tooLarge(frame?.event);
  if (!frame) return refused("invalid", "A frame must be a JSON object.");
  if (frame.type === "ping") return { type: "ping" };
  if (frame.type === "sync") return { type: "sync", event: frame.event };
  return refused("invalid", "The `type` of a frame must be `ping` or `sync`.");
}

function tooLarge(event?: unknown): Inbound {
  const id = isObject(event) && isPrintableId(event.id) ? event.id : undefined;
  return refused("too_large", "A frame must not be above 1,048,576 bytes; make the entity smaller.", id);
}

function refused(code: Refusal["code"], error: string, id?: string): Inbound {
  return { type: "refused", refusal: { code, error, id } };
}
