import { keyError } from "./errors.ts";

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  if (!globalThis.crypto?.getRandomValues) throw keyError("not_supported", { detail: "crypto.getRandomValues is missing" });
  return crypto.getRandomValues(new Uint8Array(length));
}
