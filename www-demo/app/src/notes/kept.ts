import { storageKey } from "../device";

// What this browser keeps of the notes besides the SDK's database: whose they are. The master password is kept nowhere.

const STORAGE_KEY = storageKey("notes");

export function isKnownUser(userId: string): boolean {
  return localStorage.getItem(STORAGE_KEY) === userId;
}

export function rememberUser(userId: string): void {
  localStorage.setItem(STORAGE_KEY, userId);
}

export function forgetUser(): void {
  localStorage.removeItem(STORAGE_KEY);
}

/** The password that has opened the notes, so that a look at the bookmarks does not lock them. Reloading the page forgets it. */
let unlocked: { userId: string; password: string } | null = null;

export const passwordOf = (userId: string) => (unlocked?.userId === userId ? unlocked.password : null);

export function keepUnlocked(userId: string, password: string): void {
  unlocked = { userId, password };
}

export function lock(): void {
  unlocked = null;
}
