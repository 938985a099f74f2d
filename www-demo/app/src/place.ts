/** What the page shows, by the fragment of its address: the bookmarks unless it says otherwise. */
export type Place = { at: "bookmarks" } | { at: "todos"; team: string | null } | { at: "notes" };

export const BOOKMARKS = "#bookmarks";
export const TODOS = "#todos";
export const NOTES = "#notes";
/** Two devices on one page; what they show follows after `=`. */
export const SIDE_BY_SIDE = "#side-by-side";
const TEAM = /^[\w-]{22,64}$/;

export function placeOf(fragment: string): Place {
  const [place, team = ""] = fragment.split("=");
  if (place === NOTES) return { at: "notes" };
  if (place !== TODOS) return { at: "bookmarks" };
  return { at: "todos", team: TEAM.test(team) ? team : null };
}

export const isSideBySide = (fragment: string) => fragment.split("=")[0] === SIDE_BY_SIDE;

/** What the two devices show. */
export function placeBeside(fragment: string): Place["at"] {
  const [, at] = fragment.split("=");
  return at === "todos" || at === "notes" ? at : "bookmarks";
}

/** The address of a list. Whoever has it becomes a member; the part behind `#` goes to no server by itself. */
export function listLink(team: string): string {
  return `${window.location.origin}${window.location.pathname}${TODOS}=${team}`;
}

/** Goes to a list, without an entry of its own in the browser's history. */
export function showList(team: string): void {
  window.location.replace(`${TODOS}=${team}`);
}

export function onFragmentChange(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export const fragment = () => window.location.hash;
