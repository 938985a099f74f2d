// The key of an account: checked as the app gives it, then in WebCrypto, which hands out neither its bytes nor those of what is
// derived of it. PROTOCOL.md has the form of a sealed body.

import { isWellFormed, isWithin } from "../checks.js";
import { badOption } from "../errors.js";

const SEAL_VERSION = 1;
/** Where the parts of a body begin. */
const ID = 1, SALT = 17, NONCE = 33, SEALED = 45;
const TAG_LENGTH = 16, DIGEST_LENGTH = 32;
/** How many subkeys are kept at a time, one for each installation of the account that was heard of last. */
const MAX_SUBKEYS = 256;

const utf8 = new TextEncoder();

/** Copies what can be a key of this format. */
export function readKey(key, format) {
  const isSealed = format === "sealwire-v1";
  if (key instanceof Uint8Array) {
    if (key.length !== 32) throw badOption("key", "must have 32 bytes");
    return new Uint8Array(key);
  }
  if (isSealed && derives(key)) return key;
  const { password, salt, iterations = isSealed ? 600_000 : 100_000 } = key ?? {};
  if (password === undefined) {
    throw badOption("key", "must be a Uint8Array of 32 bytes, { password, salt }, or (not for bitmarks-plain) a CryptoKey of algorithm HKDF with usages deriveKey and deriveBits");
  }
  if (!isWellFormed(password) || password === "") throw badOption("key", "has a password that is no text");
  if (!(salt instanceof Uint8Array) || salt.length < 16) throw badOption("key", "has a salt that is no Uint8Array of 16 bytes or more");
  if (!isWithin(10_000, iterations, 100_000_000)) throw badOption("key", "has iterations that are no whole number from 10,000 to 100,000,000");
  return { password, salt: new Uint8Array(salt), iterations };
}

/** Makes what `readKey` gave ready for use. `keeps` its bytes for a cipher that WebCrypto has not, until they are taken. */
export async function importKey(source, keeps) {
  if (derives(source)) return new Key(source, await idOf(source));
  const bytes = source instanceof Uint8Array ? source : await stretch(source);
  try {
    const key = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey", "deriveBits"]);
    return new Key(key, await idOf(key), keeps ? bytes.slice() : undefined);
  } finally {
    bytes.fill(0);
  }
}

/** SHA-256. */
export function digest(bytes) {
  return crypto.subtle.digest("SHA-256", bytes);
}

/** An HKDF key, and the subkeys that were derived of it. */
class Key {
  #key;
  #id;
  #bytes;
  /** By salt, each a promise: whoever needs one while it is being derived waits for the same. */
  subkeys = new Map();

  constructor(key, id, bytes) {
    this.#key = key;
    this.#id = id;
    this.#bytes = bytes;
  }

  /** Moves the bytes of the key to where they are zeroed in the end. */
  takeBytes(target) {
    target.set(this.#bytes);
    this.#bytes.fill(0);
  }

  /** Seals under a nonce that may never be used again with this salt. Resolves to the body, and its digest after it. */
  async seal(salt, nonce, plaintext) {
    const prefix = Uint8Array.of(SEAL_VERSION, ...this.#id, ...salt, ...nonce);
    const sealed = await crypto.subtle.encrypt(aesGcm(prefix), await this.#subkey(salt), plaintext);
    const end = SEALED + sealed.byteLength;
    const result = new Uint8Array(end + DIGEST_LENGTH);
    result.set(prefix);
    result.set(new Uint8Array(sealed), SEALED);
    result.set(new Uint8Array(await digest(result.subarray(0, end))), end);
    return result;
  }

  /** Resolves to the plaintext, or to a word for why there is none. */
  async open(body) {
    if (body[0] !== SEAL_VERSION || body.length < SEALED + TAG_LENGTH) return "malformed";
    if (this.#id.some((byte, index) => byte !== body[ID + index])) return "unknown_key";
    const subkey = await this.#subkey(body.subarray(SALT, NONCE));
    try {
      return new Uint8Array(await crypto.subtle.decrypt(aesGcm(body.subarray(0, SEALED)), subkey, body.subarray(SEALED)));
    } catch (error) {
      // So it is called where the tag does not fit.
      return error.name === "OperationError" ? "bad_tag" : "broken";
    }
  }

  #subkey(salt) {
    const name = salt.join();
    const known = this.subkeys.get(name);
    if (known) return known;
    const aes = { name: "AES-GCM", length: 256 };
    const subkey = crypto.subtle.deriveKey(hkdf("sealwire-v1 seal", salt), this.#key, aes, false, ["encrypt", "decrypt"]);
    if (this.subkeys.size === MAX_SUBKEYS) this.subkeys.delete(this.subkeys.keys().next().value);
    this.subkeys.set(name, subkey);
    return subkey;
  }
}

/** Whether it is a `CryptoKey` that the keys of `sealwire-v1` can be derived of. A page without https has no such class. */
function derives(key) {
  if (!globalThis.CryptoKey || !(key instanceof CryptoKey)) return false;
  return key.algorithm.name === "HKDF" && ["deriveKey", "deriveBits"].every((usage) => key.usages.includes(usage));
}

/** PBKDF2-SHA256, 32 bytes. */
async function stretch({ password, salt, iterations }) {
  const secret = utf8.encode(password);
  try {
    const key = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256));
  } finally {
    secret.fill(0);
  }
}

async function idOf(key) {
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf("sealwire-v1 key id", new Uint8Array()), key, 128));
}

function hkdf(info, salt) {
  return { name: "HKDF", hash: "SHA-256", salt, info: utf8.encode(info) };
}

function aesGcm(prefix) {
  return { name: "AES-GCM", iv: prefix.subarray(NONCE), additionalData: prefix };
}
