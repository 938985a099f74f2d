import { utf8Length } from "../event";
import { parseObject } from "../json";
import { MAX_FRAME_BYTES } from "../limits";

export type Frame = Record<string, unknown>;

/** A frame in an envelope that says who sent it and when. */
export interface SignedFrame {
  payload: unknown;
  signature: string;
  timestamp: number;
  nonce: string;
}

/** Reads a frame, whatever it holds. */
export function readFrame(message: string | ArrayBuffer): { frame: Frame } | { refused: string } {
  if (typeof message !== "string") return { refused: "Invalid message format" };
  if (utf8Length(message) > MAX_FRAME_BYTES) return { refused: "Message too large. Maximum size is 1MB." };
  const frame = parseObject(message);
  return frame ? { frame } : { refused: "Invalid message format" };
}

/** What is not quite an envelope is a frame of no known type. */
export function isSigned(frame: Frame): frame is Frame & SignedFrame {
  const { signature, timestamp, nonce } = frame;
  return "payload" in frame && typeof signature === "string" && typeof timestamp === "number" && typeof nonce === "string";
}
