import type { Rejected } from "sealwire/glint";
import { storageKey } from "../device";

/**
 * Titles of todos of which a change was refused, by set and id. The server has none of one that it refused to make, and after a reload nothing
 * else in the page does.
 */
type Kept = Record<string, Record<string, string>>;

const STORAGE_KEY = storageKey("todos.refused");

export function keptTitle(set: string, id: string): string | undefined {
  return load()[set]?.[id];
}

/** Keeps what is known of those that were refused, and nothing else of the set. */
export function keepTitles(set: string, refused: readonly Rejected[], titleOf: (id: string) => string | undefined): void {
  const titles = refused.flatMap(({ entityId }) => {
    const title = titleOf(entityId);
    return title === undefined ? [] : [[entityId, title]];
  });
  const { [set]: former = {}, ...others } = load();
  const now = Object.fromEntries(titles);
  if (JSON.stringify(now) === JSON.stringify(former)) return;
  localStorage.setItem(STORAGE_KEY, JSON.stringify(titles.length > 0 ? { ...others, [set]: now } : others));
}

export function forgetTitles(): void {
  localStorage.removeItem(STORAGE_KEY);
}

function load(): Kept {
  try {
    return (JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null") as Kept | null) ?? {};
  } catch {
    return {};
  }
}
