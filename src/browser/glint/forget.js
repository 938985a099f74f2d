// Wiping an account from this device: the databases of all its sets.

import { databaseNames, forgetDatabase } from "../database/indexeddb.js";
import { Tabs } from "../tabs.js";

/**
 * Wipes every set of the account whose set's database has this name; other tabs are told, and close. One that cannot be wiped keeps none of the
 * others; then it rejects.
 */
export async function forgetSets(name) {
  const account = name.split("/").slice(0, -2).join("/");
  const names = [name, ...(await databaseNames()), ...localNames()].filter((other) => other.startsWith(`${account}/`));
  const wiped = Array.from(new Set(names), async (other) => {
    const tabs = new Tabs(other, true, () => {});
    tabs.tellForgotten();
    tabs.close();
    await forgetDatabase(other);
  });
  await Promise.allSettled(wiped);
  await Promise.all(wiped);
}

function localNames() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}
