/** What is derived of a password, of a one-time code and of the account's key. The same as in the engine's browser layer, byte for byte. */

import { keyError } from "./errors.ts";

/** The count that `sealwire-v1` takes for a password unless told otherwise, and a key link for its code. */
export const ITERATIONS = 600_000;

const utf8 = new TextEncoder();

export function subtle(): SubtleCrypto {
  if (!globalThis.crypto?.subtle) throw keyError("not_supported", { detail: "crypto.subtle is missing" });
  return crypto.subtle;
}

/** PBKDF2-SHA256, 32 bytes. */
export async function stretch(password: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<Uint8Array<ArrayBuffer>> {
  const secret = utf8.encode(password);
  try {
    const key = await subtle().importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await subtle().deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256));
  } finally {
    secret.fill(0);
  }
}

/** The key id of `sealwire-v1`, as `keyId` of a manager spells it: 32 lower-case hex digits. */
export async function keyIdOf(key: Uint8Array<ArrayBuffer>): Promise<string> {
  const ikm = await subtle().importKey("raw", key, "HKDF", false, ["deriveBits"]);
  const info = utf8.encode("sealwire-v1 key id");
  const id = await subtle().deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info }, ikm, 128);
  return Array.from(new Uint8Array(id), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
