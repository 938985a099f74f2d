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

/** Where prefix and ciphertext are put in one piece, to be hashed. To allocate a new one each time costs as much as the hash. */
let whole = new Uint8Array(0);

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
  /**
   * The one that was derived last is the first. `name` is key id and salt, as they stand in a body. `key` is a promise: whoever needs it while
   * it is being derived waits for the same.
   */
  subkeys = [];

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

  /** Seals under a nonce that may never be used again with this salt. Resolves to what follows the prefix in the body; its `head` are prefix and digest. */
  async seal(salt, nonce, plaintext) {
    const [member] = this.#members;
    // A copy: salt and nonce are in Rust's memory, and there for the time of this call only.
    const head = new Uint8Array(SEALED + DIGEST_LENGTH), prefix = head.subarray(0, SEALED);
    prefix[0] = SEAL_VERSION;
    prefix.set(member.id, ID);
    prefix.set(salt, SALT);
    prefix.set(nonce, NONCE);
    const packed = plaintext.length > this.#compressAbove ? await deflated(plaintext, this.#compressAbove) : plaintext;
    const sealed = await subtle().encrypt(aesGcm(prefix), await this.#subkey(member, prefix), packed);
    const end = SEALED + sealed.byteLength;
    if (whole.length < end) whole = new Uint8Array(end);
    whole.set(prefix);
    whole.set(new Uint8Array(sealed), SEALED);
    head.set(new Uint8Array(await digest(whole.subarray(0, end))), SEALED);
    sealed.head = head;
    return sealed;
  }

  /** Resolves to the plaintext, or to a word for why there is none. */
  async open(body) {
    if (body[0] !== SEAL_VERSION || body.length < SEALED + TAG_LENGTH) return "malformed";
    const member = this.#find(body) ?? (await this.#findElsewhere(body));
    if (!member) return "unknown_key";
    try {
      const subkey = await this.#subkey(member, body);
      const opened = new Uint8Array(await subtle().decrypt(aesGcm(body.subarray(0, SEALED)), subkey, body.subarray(SEALED)));
      return isCompressed(opened) ? await inflated(opened) : opened;
    } catch (error) {
      // So it is called where the tag does not fit.
      return error.name === "OperationError" ? "bad_tag" : "broken";
    }
  }

  #find(body) {
    return this.#members.find(({ id }) => isNameIn(id, body));
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

  #subkey({ key }, body) {
    const known = this.subkeys.find(({ name }) => isNameIn(name, body));
    if (known) return known.key;
    const aes = { name: "AES-GCM", length: 256 };
    const salt = body.slice(SALT, NONCE);
    const subkey = subtle().deriveKey(hkdf("sealwire-v1 seal", salt), key, aes, false, ["encrypt", "decrypt"]);
    this.subkeys = [{ name: body.slice(ID, NONCE), key: subkey }, ...this.subkeys].slice(0, MAX_SUBKEYS);
    subkey.catch(() => (this.subkeys = this.subkeys.filter((other) => other.key !== subkey)));
    return subkey;
  }
}

/** Whether a body begins with this key id, or key id and salt. From the end, where two installations of an account differ. */
function isNameIn(name, body) {
  for (let at = name.length; at--; ) if (name[at] !== body[ID + at]) return false;
  return true;
}

function aesGcm(prefix) {
  return { name: "AES-GCM", iv: prefix.subarray(NONCE), additionalData: prefix };
}
