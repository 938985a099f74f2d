// What outlives a database in IndexedDB: a mark in localStorage that it was here, and by which id its device was known.

/** The key of a database's mark. */
function markKey(name) {
  return `had:${name}`;
}

/** `null` where there is none. */
export function markOf(name) {
  try {
    return localStorage.getItem(markKey(name));
  } catch {
    return null; // A worker has no localStorage, and some pages may not touch theirs.
  }
}

export function setMark(name, mark) {
  try {
    localStorage.setItem(markKey(name), mark);
  } catch {
    // Then nothing will be missed.
  }
}

export function forgetMark(name) {
  try {
    localStorage.removeItem(markKey(name));
  } catch {
    // Then there is none.
  }
}
