/** Where the bytes of a key come from that goes into a link. */

import { ITERATIONS, stretch } from "./derivation.ts";
import { badOption, keyError } from "./errors.ts";
import { keyOfRecoveryCode } from "./recovery-code.ts";

const KEY_BYTES = 32;
const MIN_SALT_BYTES = 16;
const MIN_ITERATIONS = 10_000, MAX_ITERATIONS = 100_000_000;

/**
 * Reads the source at once, because an app may wipe its key as soon as it has called; what is returned makes the bytes, which
 * are the caller's to wipe.
 */
export function readSource(source: unknown): () => Promise<Uint8Array<ArrayBuffer>> {
  const { key, recoveryCode, password, salt, iterations = ITERATIONS } = (source ?? {}) as Record<string, unknown>;
  if ([key, recoveryCode, password].filter((part) => part !== undefined).length !== 1) throw keyError("key_not_exportable");
  if (recoveryCode !== undefined) {
    const bytes = keyOfRecoveryCode(recoveryCode);
    return async () => bytes;
  }
  if (key !== undefined) {
    if (!(key instanceof Uint8Array) || key.length !== KEY_BYTES) throw keyError("key_not_exportable");
    const bytes = new Uint8Array(key);
    return async () => bytes;
  }
  // A lone surrogate has no UTF-8: two such passwords would give one key.
  if (typeof password !== "string" || password === "" || /\p{Surrogate}/u.test(password)) throw badOption("password", "must be a text");
  if (!(salt instanceof Uint8Array) || salt.length < MIN_SALT_BYTES) throw badOption("salt", "must be a Uint8Array of 16 bytes or more");
  if (!isIterations(iterations)) throw badOption("iterations", "must be a whole number from 10,000 to 100,000,000");
  const ownSalt = new Uint8Array(salt);
  return () => stretch(password, ownSalt, iterations);
}

function isIterations(value: unknown): value is number {
  return Number.isInteger(value) && MIN_ITERATIONS <= (value as number) && (value as number) <= MAX_ITERATIONS;
}
