import type { SignedFrame } from "./inbound";
import { MAX_NONCE, MAX_SIGNED_AGE_MS, MAX_SIGNED_AHEAD_MS } from "./limits";

/**
 * Whether the frame was signed with the secret, a short time ago. The key is the secret's 64 hex characters as text, and not the bytes
 * that they stand for; what is signed is the envelope without its signature, as JavaScript prints it.
 */
export async function isSignedWith(secret: string, { payload, signature, timestamp, nonce }: SignedFrame, now: number): Promise<boolean> {
  const age = now - timestamp;
  if (age > MAX_SIGNED_AGE_MS || age < -MAX_SIGNED_AHEAD_MS || nonce.length > MAX_NONCE) return false;
  const given = decodeBase64(signature);
  const signed = print({ payload, timestamp, nonce });
  if (given === undefined || signed === undefined) return false;
  const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, given, bytes(signed));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A payload may be nested deeper than can be printed, though it could be read. */
function print(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}
