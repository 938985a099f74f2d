// Wiping an account from this device, with all its databases.

import { databaseNames, forgetDatabase } from "../database/indexeddb.js";
import { Tabs } from "../tabs.js";

/** Wipes every set of the account whose set's database has this name. */
export async function forgetSets(name) {
  const account = name.split("/").slice(0, -2).join("/");
  const names = [name, ...(await databaseNames()), ...localNames()].filter((other) => other.startsWith(`${account}/`));
  await forgetAll(new Set(names));
}

/** Wipes databases; other tabs are told, and close. One that cannot be wiped keeps none of the others; then it rejects. */
export async function forgetAll(names) {
  const wiped = Array.from(names, async (name) => {
    const tabs = new Tabs(name, true, () => {});
    tabs.tellForgotten();
    tabs.close();
    await forgetDatabase(name);
  });
  await Promise.allSettled(wiped);
  await Promise.all(wiped);
}

/** Also of those of which only the mark is left. */
function localNames() {
  try {
    return Object.keys(localStorage).map((key) => key.replace(/^had:/, ""));
  } catch {
    return [];
  }
}
