// What the browser's events do not tell: how it is at the start.

/** Whether the browser says that it has no network. */
export function isOffline() {
  return !navigator.onLine;
}
