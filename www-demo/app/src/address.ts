import type { Opened } from "./model";

/**
 * What a link to a bookmark's address may point at: `http` and `https` alone. `javascript:` would run in this page, which
 * has the key, and `data:` can imitate it; such bookmarks are shown as text.
 */
export function linkTarget(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return protocol === "https:" || protocol === "http:" ? href : null;
}

const SHOWN_CHARACTERS = 200;

/** The address as a list shows it: without scheme and closing slash, a host in punycode, and not endless. */
export function shownAddress(address: string): string {
  const target = linkTarget(address);
  const shown = target ? target.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "") : address;
  return shown.slice(0, SHOWN_CHARACTERS);
}

/** What a bookmark is called in the list. */
export function nameOf({ title, url }: Opened): string {
  return title || shownAddress(url) || "Bookmark without title and address";
}

/** What was typed as an address, completed by `https://` where the scheme is missing; `null` where it is none. */
export function typedAddress(typed: string): string | null {
  const address = typed.trim();
  const [host = ""] = address.split(/[/?#]/);
  // `localhost:8080` would be read as an address of the scheme `localhost:`.
  if (!/:\d+$/.test(host) && URL.canParse(address)) return address;
  // Some browsers take a host with spaces.
  if (/\s/.test(host)) return null;
  const completed = `https://${address}`;
  return URL.canParse(completed) ? completed : null;
}
