/** The sets of a team in which changes wait, by their databases. */

const OUTBOX = "outbox";

/**
 * Reads them from disk; `database` is the name of one of them. None where the browser does not tell which databases there are. A set that
 * another tab of this device has in hand is left out: that one sends it.
 */
export async function waitingSets(database: string): Promise<string[]> {
  const team = database.slice(0, database.lastIndexOf("/") + 1);
  const found: string[] = [];
  try {
    const held = await heldLocks();
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith(team) || name === database || held.has(name)) continue;
      if (await hasChanges(name)) found.push(decodeURIComponent(name.slice(team.length)));
    }
  } catch {
    // There is no such thing, or it may not be used.
  }
  return found.sort();
}

async function heldLocks(): Promise<Set<string | undefined>> {
  const { held = [] } = (await globalThis.navigator?.locks?.query()) ?? {};
  return new Set(held.map(({ name }) => name));
}

/** Whether the outbox of a database has anything in it. One that is not there any more is not made. */
function hasChanges(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const opening = indexedDB.open(name);
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = opening.onblocked = () => resolve(false);
    opening.onsuccess = () => {
      const database = opening.result;
      const end = (hasAny: boolean) => {
        database.close();
        resolve(hasAny);
      };
      if (!database.objectStoreNames.contains(OUTBOX)) return end(false);
      const counting = database.transaction(OUTBOX).objectStore(OUTBOX).count();
      counting.onsuccess = () => end(counting.result > 0);
      counting.onerror = () => end(false);
    };
  });
}
