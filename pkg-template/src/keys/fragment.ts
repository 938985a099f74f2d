/** The part of a link behind `#`, which browsers send to no server: `sealwire-key=`, then base64url without padding. */

import { badOption } from "./errors.ts";

const NAME = "sealwire-key";

/** The address with the bytes as its fragment, in place of one that it has. */
export function linkTo(page: string | URL | undefined, bytes: Uint8Array): string {
  const address = page ?? globalThis.location?.href;
  if (address === undefined || !URL.canParse(String(address))) throw badOption("page", "must be an absolute address");
  const url = new URL(address);
  url.hash = `${NAME}=${toBase64url(bytes)}`;
  return url.href;
}

/** The bytes in a link, or in its fragment with or without the `#`. White space is what mail programs broke it by. */
export function bytesIn(linkOrFragment: unknown): Uint8Array<ArrayBuffer> {
  if (typeof linkOrFragment !== "string") throw badOption("link", "must be a string");
  const fragment = linkOrFragment.replace(/\s/g, "").replace(/^[^#]*#/, "");
  const text = new URLSearchParams(fragment).get(NAME);
  if (text === null) throw badOption("link", `has no ${NAME} behind its #`);
  const bytes = fromBase64url(text);
  // `atob` passes over bits at the end that no byte holds: written again, they would differ.
  if (!bytes || toBase64url(bytes) !== text) throw badOption("link", "is damaged: a part of it is missing or has changed");
  return bytes;
}

function toBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
