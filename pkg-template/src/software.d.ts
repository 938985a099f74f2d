/**
 * `sealwire/software`: ciphers for pages without `crypto.subtle`.
 *
 * @module sealwire/software
 */

/**
 * Ciphers for a page that has no `crypto.subtle`: one that came by plain http from another machine than its own, in a home network say. Give
 * them to the options: `bitmarks({ …, software })`. A page with `crypto.subtle` uses that, whatever is given.
 *
 * The bytes are the same. What differs: keys are bytes in the page's memory, which scripts can read; they are never kept on the device, so the
 * key has to be given at each start; it is slower by far, a password above all (600,000 iterations take many seconds); and who can change
 * what travels by plain http can change the page itself. A `CryptoKey` cannot be used there.
 */
export declare const software: SoftwareCiphers;

/** What `software` is: a part of WebCrypto's `SubtleCrypto`, as much of it as the engine uses. */
export interface SoftwareCiphers {
  /** As `SubtleCrypto` has it; the engine calls it, and no app needs to. @throws as `SubtleCrypto` does */
  digest(hash: "SHA-256", bytes: Uint8Array): Promise<Uint8Array>;
}
