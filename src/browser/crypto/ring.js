// The keys of an account in use. PROTOCOL.md has the form of a sealed body.

import { hkdf } from "./key.js";
import { deflated, inflated, isCompressed } from "./packing.js";
import { subtle } from "./subtle.js";

const SEAL_VERSION = 1;
/** Where the parts of a body begin. */
const ID = 1, SALT = 17, NONCE = 33, SEALED = 45;
const TAG_LENGTH = 16, DIGEST_LENGTH = 32;
/** How many subkeys are kept at a time, one for each installation of the account that was heard of last. */
const MAX_SUBKEYS = 256;
/** How often it is looked, in milliseconds, whether another tab was given a key that this one lacks. */
const RELOAD_EVERY = 5_000;

/** SHA-256. */
export function digest(bytes) {
  return subtle().digest("SHA-256", bytes);
}

/** Keys of an account, the newest first: that one seals, all open. */
export class Ring {
  #members;
  #reload;
  #reloadedAt = -RELOAD_EVERY;
  #reloaded;
  #compressAbove;
  /** By key id and salt, each a promise at first: whoever needs one while it is being derived waits for the same. */
  subkeys = new Map();

  /** `reload` resolves to the members by now. `compressAbove` is in bytes. */
  constructor(members, reload, compressAbove) {
    this.#members = members;
    this.#reload = reload;
    this.#compressAbove = compressAbove;
  }

  /** The ids of all keys, one after the other. */
  get ids() {
    return Uint8Array.from(this.#members.flatMap(({ id }) => [...id]));
  }

  /** Moves the bytes of all keys to where they are zeroed in the end. */
  takeBytes() {
    const taken = Uint8Array.from(this.#members.flatMap(({ bytes }) => [...bytes]));
    for (const { bytes } of this.#members) bytes.fill(0);
    return taken;
  }

  /** Seals under a nonce that may never be used again with this salt. Resolves to the body, and its digest after it. */
  async seal(salt, nonce, plaintext) {
    const [member] = this.#members;
    // A copy: salt and nonce are in Rust's memory, and there for the time of this call only.
    const prefix = new Uint8Array(SEALED);
    prefix[0] = SEAL_VERSION;
    prefix.set(member.id, ID);
    prefix.set(salt, SALT);
    prefix.set(nonce, NONCE);
    // What is at hand is not awaited: with small contents that counts.
    const packed = plaintext.length > this.#compressAbove ? await deflated(plaintext, this.#compressAbove) : plaintext;
    const subkey = this.#subkey(member, prefix.subarray(SALT, NONCE));
    const sealed = await subtle().encrypt(aesGcm(prefix), subkey instanceof Promise ? await subkey : subkey, packed);
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
    const member = this.#find(body) ?? (await this.#findElsewhere(body));
    if (!member) return "unknown_key";
    const subkey = this.#subkey(member, body.subarray(SALT, NONCE));
    try {
      const key = subkey instanceof Promise ? await subkey : subkey;
      const opened = new Uint8Array(await subtle().decrypt(aesGcm(body.subarray(0, SEALED)), key, body.subarray(SEALED)));
      return isCompressed(opened) ? await inflated(opened) : opened;
    } catch (error) {
      // So it is called where the tag does not fit.
      return error.name === "OperationError" ? "bad_tag" : "broken";
    }
  }

  #find(body) {
    return this.#members.find(({ id }) => id.every((byte, at) => byte === body[ID + at]));
  }

  async #findElsewhere(body) {
    const now = performance.now();
    if (now >= this.#reloadedAt + RELOAD_EVERY) {
      this.#reloadedAt = now;
      this.#reloaded = this.#reload().then((members) => void (members.length > 0 && (this.#members = members)), () => {});
    }
    await this.#reloaded;
    return this.#find(body);
  }

  #subkey({ key, id }, salt) {
    const name = String.fromCharCode(...id, ...salt);
    const known = this.subkeys.get(name);
    if (known) return known;
    const aes = { name: "AES-GCM", length: 256 };
    const deriving = subtle().deriveKey(hkdf("sealwire-v1 seal", salt), key, aes, false, ["encrypt", "decrypt"]);
    if (this.subkeys.size === MAX_SUBKEYS) this.subkeys.delete(this.subkeys.keys().next().value);
    this.subkeys.set(name, deriving);
    deriving.then((subkey) => this.subkeys.has(name) && this.subkeys.set(name, subkey), () => this.subkeys.delete(name));
    return deriving;
  }
}

function aesGcm(prefix) {
  return { name: "AES-GCM", iv: prefix.subarray(NONCE), additionalData: prefix };
}
