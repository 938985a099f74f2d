/** The entry `sealwire/keys`: how a key comes to be, and how it gets to another device. Loads no engine. */

import { keyIdOf } from "./derivation.ts";
import { badOption, keyError } from "./errors.ts";
import { bytesIn, linkTo } from "./fragment.ts";
import { checkForm, encodeData, unwrap, wrap } from "./link.ts";
import { readSource } from "./source.ts";
import type { KeyLink, KeyLinkOptions, KeySource } from "../keys.d.ts";
import { grouped, newCode, readCode } from "./one-time-code.ts";
import { randomBytes } from "./random.ts";
import { keyOfRecoveryCode, recoveryCodeOf } from "./recovery-code.ts";

export { SyncError } from "../errors.ts";

const KEY_BYTES = 32;

export function generateKey(): { key: Uint8Array; recoveryCode: string } {
  const key = randomBytes(KEY_BYTES);
  return { key, recoveryCode: recoveryCodeOf(key) };
}

export function recoverKey(recoveryCode: string): Uint8Array {
  return keyOfRecoveryCode(recoveryCode);
}

export async function exportKeyLink(source: KeySource, { page, data, sync }: KeyLinkOptions = {}): Promise<KeyLink> {
  const keyOf = readSource(source);
  linkTo(page, new Uint8Array()); // refused before the costly part
  const ownData = encodeData(data);
  const key = await keyOf();
  try {
    const { keyId } = (sync ?? {}) as { keyId?: unknown };
    if (typeof keyId === "string" && keyId !== (await keyIdOf(key))) throw keyError("key_mismatch");
    const code = newCode();
    return { link: linkTo(page, await wrap(key, ownData, code)), code: grouped(code) };
  } finally {
    key.fill(0);
  }
}

export async function importKeyLink(linkOrFragment: string, code: string): Promise<{ key: Uint8Array; data?: unknown }> {
  const bytes = bytesIn(linkOrFragment);
  checkForm(bytes);
  const ownCode = typeof code === "string" ? readCode(code) : undefined;
  if (ownCode === undefined) throw badOption("code", "must have 12 characters of 0 to 9 and A to Z without U");
  return unwrap(bytes, ownCode);
}
