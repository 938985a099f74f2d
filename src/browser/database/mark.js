// What outlives a database in IndexedDB: a mark in localStorage that it was here, and by which id its device was known.

/** `null` where there is none. */
export function markOf(name) {
  return withItem(name, (key) => localStorage.getItem(key));
}

export function setMark(name, mark) {
  withItem(name, (key) => localStorage.setItem(key, mark));
}

export function forgetMark(name) {
  withItem(name, (key) => localStorage.removeItem(key));
}

function withItem(name, act) {
  try {
    return act(`had:${name}`);
  } catch {
    return null; // A worker has no localStorage, some pages may not touch theirs, and it may be full.
  }
}
