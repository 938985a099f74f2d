import type { RealtimeSyncManager } from "sealwire";
import { exportKeyLink, importKeyLink, SyncError, type KeyLink } from "sealwire/keys";
import type { Account } from "./account";

const DAMAGED =
  "The link is damaged: a part of it is missing or has changed. Open it again from the other device, to its last character.";
const NOT_OURS = "The link was made by another app or another version of this page. Make a new one on the other device.";
const NO_CODE = "The code has 12 characters, in three groups of four, as K7QM-0X4T-9DWH. Look at the other device again.";
const DOES_NOT_OPEN =
  "This code does not open the link. Compare it with the other device: the code belongs to the picture or link that is shown beside it, and each time both are new.";

const CODE_CHARACTERS = 12;

/** Why the account was not had from a link: of the link itself nothing more can be expected, a code can be typed again. */
export type JoinTrouble = { damage: string } | { wrongCode: string };

/** A link that brings the account to another browser, and the code that opens it. Both are new at each call. `sync` checks that the key is the account's. */
export function joinLink({ userId, secret, key }: Account, sync?: RealtimeSyncManager): Promise<KeyLink> {
  const page = window.location.origin + window.location.pathname;
  return exportKeyLink({ key }, { page, data: { userId, secret }, ...(sync && { sync }) });
}

export async function readJoinLink(fragment: string, code: string): Promise<{ account: Account } | JoinTrouble> {
  try {
    const { key, data } = await importKeyLink(fragment, code);
    const { userId, secret } = (data ?? {}) as Record<string, unknown>;
    if (typeof userId !== "string" || typeof secret !== "string" || !userId) return { damage: NOT_OURS };
    return { account: { userId, secret, key } };
  } catch (cause) {
    if (!(cause instanceof SyncError && cause.code === "bad_option")) throw cause;
    if (cause.option === "link") return { damage: DAMAGED };
    return { wrongCode: code.replace(/\W/g, "").length === CODE_CHARACTERS ? DOES_NOT_OPEN : NO_CODE };
  }
}

/** What is wrong with a link before any code was typed; `null` where a code may open it. */
export async function damageOf(fragment: string): Promise<string | null> {
  // No code at all is refused after the link was read, and before the costly part.
  const answer = await readJoinLink(fragment, "");
  return "damage" in answer ? answer.damage : null;
}
