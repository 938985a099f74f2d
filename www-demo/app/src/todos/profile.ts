import { loadAccount } from "../account";
import { DEVICE, storageKey, type DeviceName } from "../device";

/** Who works on todos in this browser, and in which lists. */
export interface Profile {
  userId: string;
  /** What the others see. */
  name: string;
  /** What signs in again, of an account that was made for the todos; `null` where the bookmarks' account has it. */
  secret: string | null;
  /** The teams that were joined, the one shown last first. */
  teams: string[];
  /** The set of each team that was shown last. */
  sets: Record<string, string>;
}

const NAME = "todos";

/** `null` where there is none, or only a damaged one. */
export function loadProfile(device: DeviceName = DEVICE): Profile | null {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey(NAME, device)) ?? "null") as Profile | null;
    return stored?.userId && Array.isArray(stored.teams) && stored.sets ? stored : null;
  } catch {
    return null;
  }
}

export function saveProfile(profile: Profile): void {
  localStorage.setItem(storageKey(NAME), JSON.stringify(profile));
}

export function forgetProfile(): void {
  localStorage.removeItem(storageKey(NAME));
}

/** The profile, where it may go on as it is: as a member of the team, and with the account that the bookmarks have. */
export function memberOf(team: string): Profile | null {
  const profile = loadProfile();
  const account = loadAccount();
  if (!profile?.teams.includes(team) || !profile.sets[team]) return null;
  return account === null || account.userId === profile.userId ? profile : null;
}

/** Remembers what is shown now. */
export function rememberShown(team: string, set: string): void {
  const profile = loadProfile();
  if (!profile) return;
  const teams = [team, ...profile.teams.filter((other) => other !== team)];
  saveProfile({ ...profile, teams, sets: { ...profile.sets, [team]: set } });
}

/** The account that was made for the todos, with which bookmarks can be kept as well. */
export function accountOfTodos(): { userId: string; secret: string } | null {
  const profile = loadProfile();
  return profile?.secret ? { userId: profile.userId, secret: profile.secret } : null;
}
