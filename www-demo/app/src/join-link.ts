import { accountFrom, type Account } from "./account";
import { fromBase64url, toBase64url } from "./base64url";
import { FRAGMENT_PREFIX } from "./join-fragment";

const DAMAGED =
  "The link is damaged: a part of it is missing or has changed. Copy it again from the other device, to its last character.";
const OTHER_VERSION =
  "The link was made by another version of this page. Reload the page on both devices and copy the link again.";

const VERSION = 1;
const CHECKSUM_BYTES = 4;

export type JoinLink = { account: Account } | { damage: string };

/**
 * A link that brings the account to another browser. Its fragment is base64url of a CRC-32 and
 * `{ v, userId, secret, key }` as JSON; browsers do not send fragments to servers.
 */
export function joinLink({ userId, secret, key }: Account, page: Location = window.location): string {
  const content = new TextEncoder().encode(JSON.stringify({ v: VERSION, userId, secret, key: toBase64url(key) }));
  return page.origin + page.pathname + FRAGMENT_PREFIX + toBase64url(new Uint8Array([...checksum(content), ...content]));
}

export function readJoinFragment(fragment: string): JoinLink {
  const bytes = fromBase64url(fragment);
  const content = bytes?.subarray(CHECKSUM_BYTES);
  if (!bytes || !content?.length || !equal(checksum(content), bytes.subarray(0, CHECKSUM_BYTES))) {
    return { damage: DAMAGED };
  }
  const structure: unknown = JSON.parse(new TextDecoder().decode(content));
  const account = (structure as { v?: unknown }).v === VERSION ? accountFrom(structure) : null;
  return account ? { account } : { damage: OTHER_VERSION };
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** CRC-32: it finds what mail programs and clipboards do to a link, and needs no secure context as `crypto.subtle` does. */
function checksum(bytes: Uint8Array): Uint8Array {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const sum = new Uint8Array(CHECKSUM_BYTES);
  new DataView(sum.buffer).setUint32(0, ~crc);
  return sum;
}
