/** The errors of `sealwire/keys`, in the words that the engine has for them. Apart from the manager's, so that neither entry carries the other's. */

import { SyncError } from "../errors.ts";
import type { ErrorCode, Fault } from "../types.d.ts";

const KEYS = {
  bad_option: ["app", "An option cannot be used; `option` names it."],
  not_supported: ["browser", "The browser lacks something, as WebCrypto on a page without https."],
  key_not_exportable: ["app", "The key cannot be put into a link: give its 32 bytes, recovery code, or password and salt."],
  key_mismatch: ["user", "The key is not the one that the account's data is sealed under."],
} as const satisfies Partial<Record<ErrorCode, [Fault, string]>>;

export function keyError(code: keyof typeof KEYS, about: { option?: string; detail?: string } = {}): SyncError {
  const [fault, message] = KEYS[code];
  return new SyncError(code, message, { fault, ...about });
}

export function badOption(option: string, problem: string): SyncError {
  return keyError("bad_option", { option, detail: `\`${option}\` ${problem}` });
}
