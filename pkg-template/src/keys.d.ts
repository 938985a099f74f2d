/**
 * `sealwire/keys`: how a key comes to be, and how it gets to another device. An entry of its own, without the engine: the word
 * list of recovery codes costs nothing to a page that does not import it.
 *
 * @module sealwire/keys
 */

import type { RealtimeSyncManager, SyncError as CommonSyncError } from "./types.d.ts";

/** The same as in `sealwire`: `instanceof` holds across the entries. */
export declare const SyncError: typeof CommonSyncError;
/** What is thrown, and what promises reject with. */
export type SyncError = CommonSyncError;

/**
 * A new key of 32 random bytes, and the same as a recovery code: 24 English words of BIP-39, for the person to write down.
 * @throws {SyncError} `not_supported`
 */
export declare function generateKey(): { key: Uint8Array; recoveryCode: string };

/**
 * The key of a recovery code. Case, runs of white space and Unicode forms do not matter.
 * @throws {SyncError} `bad_option` (`option` is `recoveryCode`). `detail` says at which place a word is wrong, and quotes none
 */
export declare function recoverKey(recoveryCode: string): Uint8Array;

/**
 * Where the bytes of the key come from: exactly one of these. A password is stretched as the key option of a manager is:
 * PBKDF2-SHA256, 600,000 iterations unless given. From a `CryptoKey` and from the manager's own keeping the bytes cannot be had.
 */
export type KeySource =
  | { key: Uint8Array; recoveryCode?: never; password?: never }
  | { recoveryCode: string; key?: never; password?: never }
  | { password: string; salt: Uint8Array; iterations?: number; key?: never; recoveryCode?: never };

/** Options of {@link exportKeyLink}. */
export interface KeyLinkOptions {
  /** The page that the link opens; a fragment that it has gives way. Default: this page's address. */
  page?: string | URL;
  /** What the other device needs besides the key, as JSON of at most 1,024 bytes. Sealed as the key is. Default none. */
  data?: unknown;
  /** A manager of the account: a key other than the one it seals under is refused with `key_mismatch`. Default none: any key is taken. */
  sync?: RealtimeSyncManager<any>;
}

/** What {@link exportKeyLink} makes. Neither part opens anything without the other, so they should travel by different ways. */
export interface KeyLink {
  /** The page with `#sealwire-key=…`: for a QR picture, a mail or a chat. */
  link: string;
  /** What opens it, as `XXXX-XXXX-XXXX`: to be shown beside and typed on the other device. Made anew at each call. */
  code: string;
}

/**
 * A link that brings the key to another device, and the one-time code that opens it. Takes about as long as a password
 * (600,000 iterations of PBKDF2: some tenths of a second, more on an old phone).
 * @throws {SyncError} `key_not_exportable`, `key_mismatch`, `bad_option` (`option` is `recoveryCode`, `password`, `salt`,
 *   `iterations`, `page` or `data`), `not_supported`
 */
export declare function exportKeyLink(source: KeySource, options?: KeyLinkOptions): Promise<KeyLink>;

/**
 * The key and the data in a link, or in its fragment alone. Of the code, case, hyphens and white space do not matter, `O` counts as
 * 0, `I` and `L` count as 1. Take the fragment out of the address bar first (`history.replaceState`).
 * @throws {SyncError} `bad_option`: `option` is `link` where it cannot be read as one, `code` where the code does not open it;
 *   `not_supported`
 */
export declare function importKeyLink(linkOrFragment: string, code: string): Promise<{ key: Uint8Array; data?: unknown }>;
