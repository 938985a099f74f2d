const FRAGMENT_PREFIX = "#sealwire-key=";

/** The fragment of a link that brings a key, which is taken out of the address bar; `null` if there is none. */
export function takeJoinFragment(): string | null {
  const { hash, pathname, search } = window.location;
  if (!hash.startsWith(FRAGMENT_PREFIX)) return null;
  window.history.replaceState(null, "", pathname + search);
  return hash;
}

/** A join link pasted over the open page only changes the fragment: such a page starts anew. */
export function restartOnJoinLink(): void {
  window.addEventListener("hashchange", () => {
    if (window.location.hash.startsWith(FRAGMENT_PREFIX)) window.location.reload();
  });
}
