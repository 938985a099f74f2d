import { fromBase64url, toBase64url } from "./base64url";
import { DEVICE, storageKey, type DeviceName } from "./device";

/** What a device needs of an account: who it is, what signs it in, and the key that only the user's devices have. */
export interface Account {
  userId: string;
  secret: string;
  /** 32 random bytes. */
  key: Uint8Array;
}

const NAME = "account";
const KEY_BYTES = 32;

/**
 * Keeps the account in localStorage, where every script of this origin can read the key. This demo must, because it shows
 * a link for a second device again and again. A real app gives the engine a `CryptoKey` that cannot be exported, and asks
 * for the recovery code when a link is wanted.
 */
export function saveAccount({ userId, secret, key }: Account): void {
  localStorage.setItem(storageKey(NAME), JSON.stringify({ userId, secret, key: toBase64url(key) }));
}

/** `null` where there is no account, or only a damaged one. */
export function loadAccount(device: DeviceName = DEVICE): Account | null {
  const stored = localStorage.getItem(storageKey(NAME, device));
  if (stored === null) return null;
  try {
    return accountFrom(JSON.parse(stored));
  } catch {
    return null;
  }
}

export function forgetAccount(): void {
  localStorage.removeItem(storageKey(NAME));
}

export function sameAccount(left: Account, right: Account): boolean {
  return left.userId === right.userId && toBase64url(left.key) === toBase64url(right.key);
}

/** Reads `{ userId, secret, key }` with the key as base64url; `null` where a part is missing or of the wrong kind. */
function accountFrom(value: unknown): Account | null {
  const { userId, secret, key } = (value ?? {}) as Record<string, unknown>;
  if (typeof userId !== "string" || typeof secret !== "string" || typeof key !== "string") return null;
  const bytes = fromBase64url(key);
  if (!userId || bytes?.length !== KEY_BYTES) return null;
  return { userId, secret, key: bytes };
}

/** Calls `listener` when another tab of this browser signs in or out. */
export function onAccountChangedElsewhere(listener: () => void): void {
  window.addEventListener("storage", ({ key }) => {
    if (key === storageKey(NAME) || key === null) listener();
  });
}
