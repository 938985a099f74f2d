/** A key, and what the app adds to it, wrapped under a one-time code. PROTOCOL.md, "A key in a link", has the form. */

import { ITERATIONS, stretch, subtle } from "./derivation.ts";
import { badOption } from "./errors.ts";
import { randomBytes } from "./random.ts";

const VERSION = 1;
/** Where the parts begin. */
const SALT = 1, NONCE = 17, SEALED = 29;
const KEY_BYTES = 32, TAG_BYTES = 16;
const MAX_DATA_BYTES = 1024;

/** UTF-8 of the data's JSON; empty where there is none. */
export function encodeData(data: unknown): Uint8Array<ArrayBuffer> {
  if (data === undefined) return new Uint8Array();
  const bytes = new TextEncoder().encode(jsonOf(data));
  if (bytes.length > MAX_DATA_BYTES) throw badOption("data", "must have at most 1,024 bytes as JSON");
  return bytes;
}

function jsonOf(data: unknown): string {
  try {
    const json: string | undefined = JSON.stringify(data);
    if (json !== undefined) return json;
  } catch {
    // A cycle or a BigInt; what the error says may quote the data.
  }
  throw badOption("data", "must be JSON");
}

export async function wrap(key: Uint8Array, data: Uint8Array, code: string): Promise<Uint8Array<ArrayBuffer>> {
  const plaintext = Uint8Array.of(...key, ...data);
  try {
    const prefix = Uint8Array.of(VERSION, ...randomBytes(SEALED - SALT));
    const sealed = await subtle().encrypt(aesGcm(prefix), await wrappingKey(prefix, code, "encrypt"), plaintext);
    return Uint8Array.of(...prefix, ...new Uint8Array(sealed));
  } finally {
    plaintext.fill(0);
  }
}

export function checkForm(link: Uint8Array): void {
  if (link.length > 0 && link[0] !== VERSION) throw badOption("link", "was made by another version");
  const [shortest, longest] = [SEALED + KEY_BYTES + TAG_BYTES, SEALED + KEY_BYTES + MAX_DATA_BYTES + TAG_BYTES];
  if (link.length < shortest || link.length > longest) throw badOption("link", "is damaged: it is not of the length that it had");
}

/** Opens what `checkForm` found to be a link. */
export async function unwrap(link: Uint8Array<ArrayBuffer>, code: string): Promise<{ key: Uint8Array; data?: unknown }> {
  const prefix = link.subarray(0, SEALED);
  const wrapping = await wrappingKey(prefix, code, "decrypt");
  let plaintext: Uint8Array;
  try {
    plaintext = new Uint8Array(await subtle().decrypt(aesGcm(prefix), wrapping, link.subarray(SEALED)));
  } catch {
    throw badOption("code", "does not open the link: it is another link's, or the link was altered");
  }
  const key = plaintext.slice(0, KEY_BYTES);
  const json = plaintext.slice(KEY_BYTES);
  plaintext.fill(0);
  return json.length === 0 ? { key } : { key, data: parsed(json) };
}

/** What was sealed by whoever had the code, and is no JSON all the same, makes no usable link. */
function parsed(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    throw badOption("link", "carries data that is no JSON");
  }
}

async function wrappingKey(prefix: Uint8Array<ArrayBuffer>, code: string, usage: KeyUsage): Promise<CryptoKey> {
  const bytes = await stretch(code, prefix.slice(SALT, NONCE), ITERATIONS);
  try {
    return await subtle().importKey("raw", bytes, "AES-GCM", false, [usage]);
  } finally {
    bytes.fill(0);
  }
}

function aesGcm(prefix: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv: prefix.slice(NONCE, SEALED), additionalData: prefix.slice(0, SEALED) };
}
