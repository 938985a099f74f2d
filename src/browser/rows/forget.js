// Wiping an account from this device: the databases of all its sets.

import { forgetDatabase } from "../database/indexeddb.js";
import { Tabs } from "../tabs.js";

/** Wipes the database of this name; other tabs are told, and close. */
export async function forgetAccount(name) {
  await forgetAll([name]);
}

/** Wipes every set of the account whose set's database has this name; other tabs are told, and close. */
export async function forgetSets(name) {
  const account = name.split("/").slice(0, -2).join("/");
  const names = [name, ...(await databaseNames()), ...localNames()].filter((other) => other.startsWith(`${account}/`));
  for (const other of new Set(names)) {
    const tabs = new Tabs(other, true, () => {});
    tabs.tellForgotten();
    tabs.close();
    await forgetDatabase(other);
  }
}

/** Not every browser tells which databases there are. */
async function databaseNames() {
  try {
    return (await indexedDB.databases()).map((database) => database.name);
  } catch {
    return [];
  }
}

function localNames() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}
