// The key of an account's notes, as the service's own clients derive it, and what is sealed with it. WebCrypto hands out no bytes of it.

const ROUNDS = 250_000;
const IV_BYTES = 16;
const SALT_BYTES = 32;
/** Keys of rows that are kept, where each row has one of its own. */
const KEPT_KEYS = 1_000;

export const noteUtf8 = new TextEncoder();
const noteText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class NotesKey {
  #userId;
  #secret;
  #master;
  /** By salt. */
  #rows = new Map();

  constructor(userId, masterPassword, deviceSecret) {
    this.#userId = userId;
    this.#secret = deviceSecret;
    if (masterPassword !== undefined) this.#master = deriveNotesKey(masterPassword, noteUtf8.encode(`typelets-salt-${userId}-v1`));
    // Who seals or opens hears of its failure.
    this.#master?.catch(() => {});
  }

  /** Seals texts of which either may be missing, under an IV of their own. */
  async seal(title, content) {
    const [iv, salt] = [IV_BYTES, SALT_BYTES].map((length) => crypto.getRandomValues(new Uint8Array(length)));
    const key = await this.#keyOf(toBase64(salt));
    const sealed = async (plain) => plain && toBase64(new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, noteUtf8.encode(plain.text))));
    const [sealedTitle, sealedContent] = await Promise.all([boxed(title), boxed(content)].map(sealed));
    return { iv: toBase64(iv), salt: toBase64(salt), title: sealedTitle, content: sealedContent };
  }

  /** Opens pieces of IV, salt, title and content. */
  openAll(pieces) {
    return Promise.all(pieces.map((piece) => this.open(...piece)));
  }

  /** Opens what was sealed so; gives a word for why not. */
  async open(iv, salt, title, content) {
    try {
      const [ivBytes, ...parts] = [iv, title, content].map((part) => (part === undefined ? undefined : fromBase64(part)));
      if (ivBytes.length !== IV_BYTES) return "malformed";
      const key = await this.#keyOf(salt);
      const open = async (part) => part && noteText.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: ivBytes }, key, part));
      const [openTitle, openContent] = await Promise.all(parts.map(open));
      return { title: openTitle, content: openContent };
    } catch (error) {
      return error?.name === "OperationError" ? "bad_tag" : "malformed";
    }
  }

  #keyOf(salt) {
    if (this.#master) return this.#master;
    let key = this.#rows.get(salt);
    if (!key) {
      key = deriveNotesKey(`${this.#userId}-${this.#secret}-typelets-secure-v2`, fromBase64(salt));
      if (this.#rows.size >= KEPT_KEYS) this.#rows.delete(this.#rows.keys().next().value);
      this.#rows.set(salt, key);
    }
    return key;
  }
}

/** An empty text is one too. */
function boxed(text) {
  return text === undefined ? undefined : { text };
}

async function deriveNotesKey(password, salt) {
  const source = await crypto.subtle.importKey("raw", noteUtf8.encode(password), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, source, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export function toBase64(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

function fromBase64(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
