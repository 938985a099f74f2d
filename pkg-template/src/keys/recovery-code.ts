/** The key as 24 words that a person can write down: BIP-39, English, without a passphrase. */

import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { badOption } from "./errors.ts";

const WORDS = 24;

export function recoveryCodeOf(key: Uint8Array): string {
  return entropyToMnemonic(key, wordlist);
}

export function keyOfRecoveryCode(recoveryCode: unknown): Uint8Array<ArrayBuffer> {
  if (typeof recoveryCode !== "string") throw wrong("must be a string of 24 words");
  const words = recoveryCode.normalize("NFKD").trim().toLowerCase().split(/\s+/);
  if (words.length !== WORDS) throw wrong("must have 24 words");
  // Asked here, because the library's error quotes the word. The place says as much, and tells nothing of the key.
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown >= 0) throw wrong(`has a word at place ${unknown + 1} that is not in the list`);
  try {
    return Uint8Array.from(mnemonicToEntropy(words.join(" "), wordlist));
  } catch {
    throw wrong("does not fit its checksum: a word was taken for another, or two changed places");
  }
}

const wrong = (problem: string) => badOption("recoveryCode", problem);
