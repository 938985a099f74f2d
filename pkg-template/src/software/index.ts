/**
 * The entry `sealwire/software`: ciphers for a page that has no `crypto.subtle`, because it came by plain http from another machine. They have
 * the part of WebCrypto's form that the engine uses, and give the same bytes. Keys are bytes in memory here, and slower by far.
 */

import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { pbkdf2Async } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { SoftwareCiphers } from "../software.d.ts";

/** What stands for a `CryptoKey`. */
interface Key {
  readonly bytes: Uint8Array;
}
type Params = { name: string; salt: Uint8Array; info?: Uint8Array; iterations?: number };
type AesGcm = { iv: Uint8Array; additionalData?: Uint8Array };

class Subtle implements SoftwareCiphers {
  async importKey(_format: "raw", bytes: Uint8Array): Promise<Key> {
    return { bytes: new Uint8Array(bytes) }; // A copy; `slice` of a Buffer is none.
  }

  async deriveBits({ name, salt, info, iterations = 1 }: Params, { bytes }: Key, length: number): Promise<Uint8Array> {
    const dkLen = length / 8;
    return name === "HKDF" ? hkdf(sha256, bytes, salt, info, dkLen) : pbkdf2Async(sha256, bytes, salt, { c: iterations, dkLen });
  }

  async deriveKey(params: Params, key: Key, { length }: { length: number }): Promise<Key> {
    return { bytes: await this.deriveBits(params, key, length) };
  }

  async encrypt({ iv, additionalData }: AesGcm, { bytes }: Key, plaintext: Uint8Array): Promise<Uint8Array> {
    return gcm(bytes, iv, additionalData).encrypt(plaintext);
  }

  async decrypt({ iv, additionalData }: AesGcm, { bytes }: Key, sealed: Uint8Array): Promise<Uint8Array> {
    try {
      return gcm(bytes, iv, additionalData).decrypt(sealed);
    } catch {
      throw Object.assign(new Error("the tag does not fit"), { name: "OperationError" }); // As WebCrypto calls it.
    }
  }

  async digest(_hash: "SHA-256", bytes: Uint8Array): Promise<Uint8Array> {
    return sha256(bytes);
  }
}

export const software: SoftwareCiphers = new Subtle();
