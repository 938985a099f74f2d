// The keys of an account, as the app gives them: checked, and made keys of WebCrypto, which hands out neither their bytes nor those of what
// is derived of them.

import { isWellFormed, isWithin } from "../checks.js";
import { badOption } from "../errors.js";
import { subtle } from "./subtle.js";

const MAX_GENERATION = 1_000_000;

const utf8 = new TextEncoder();

/**
 * Copies what the app says of its keys: one, several with their generations, or none, where one is kept. `keep` is whether and how
 * they are kept on this device.
 */
export function readKeys({ key, persistKey = true }, format, needsBytes) {
  const isRing = Array.isArray(key);
  const keys = key === undefined ? [] : isRing ? key : [{ key }];
  const keep = typeof persistKey === "boolean" ? persistKey : { password: persistKey?.password };
  if (!isWellFormed(keep.password ?? "") || keep.password === "" || (keep !== true && keep !== false && keep.password === undefined)) {
    throw badOption("persistKey", "must be true, false or { password }");
  }
  const members = keys.map((member) => {
    const { generation, key } = member ?? {};
    if (isRing && !isWithin(0, generation, MAX_GENERATION)) throw badOption("key", "has a generation that is no whole number from 0 to 1,000,000");
    return { generation, source: readKey(key, format, needsBytes || keep.password !== undefined) };
  });
  if (isRing && members.length === 0) throw badOption("key", "is a ring without a key");
  if (new Set(members.map(({ generation }) => generation)).size < members.length) throw badOption("key", "has a generation twice");
  return { members, keep };
}

/** Copies what can be a key of this format. */
function readKey(key, format, needsBytes) {
  if (key instanceof Uint8Array) {
    if (key.length !== 32) throw badOption("key", "must have 32 bytes");
    return new Uint8Array(key);
  }
  if (derives(key)) {
    if (!needsBytes) return key;
    throw badOption("key", "must not be a CryptoKey here: its bytes are needed");
  }
  const { password, salt, iterations = format === "sealwire-v1" ? 600_000 : 100_000 } = key ?? {};
  if (password === undefined) {
    throw badOption("key", "must be a Uint8Array of 32 bytes, { password, salt }, or (not for bitmarks-plain) a CryptoKey of algorithm HKDF with usages deriveKey and deriveBits");
  }
  if (!isWellFormed(password) || password === "") throw badOption("key", "has a password that is no text");
  if (!(salt instanceof Uint8Array) || salt.length < 16) throw badOption("key", "has a salt that is no Uint8Array of 16 bytes or more");
  if (!isWithin(10_000, iterations, 100_000_000)) throw badOption("key", "has iterations that are no whole number from 10,000 to 100,000,000");
  return { password, salt: new Uint8Array(salt), iterations };
}

/** A key that is ready for use: `key` derives, `id` tells it from others, `bytes` are there where `isKept` asks for them. */
export async function importKey(source, isKept) {
  if (derives(source)) return { key: source, id: await idOf(source) };
  const bytes = source instanceof Uint8Array ? source : await stretch(source);
  try {
    const key = await subtle().importKey("raw", bytes, "HKDF", false, ["deriveKey", "deriveBits"]);
    return { key, id: await idOf(key), bytes: isKept ? bytes.slice() : undefined };
  } finally {
    bytes.fill(0);
  }
}

/** Whether it is a `CryptoKey` that the keys of `sealwire-v1` can be derived of. A page without https has no such class. */
function derives(key) {
  if (!globalThis.CryptoKey || !(key instanceof CryptoKey)) return false;
  return key.algorithm.name === "HKDF" && ["deriveKey", "deriveBits"].every((usage) => key.usages.includes(usage));
}

/** PBKDF2-SHA256, 32 bytes. */
export async function stretch({ password, salt, iterations }) {
  const secret = utf8.encode(password);
  try {
    const key = await subtle().importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await subtle().deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256));
  } finally {
    secret.fill(0);
  }
}

async function idOf(key) {
  return new Uint8Array(await subtle().deriveBits(hkdf("sealwire-v1 key id", new Uint8Array()), key, 128));
}

/** The parameters of a derivation. */
export function hkdf(info, salt) {
  return { name: "HKDF", hash: "SHA-256", salt, info: utf8.encode(info) };
}
