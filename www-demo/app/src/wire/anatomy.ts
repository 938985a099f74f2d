/** `readable`: the server reads it · `sealed`: it has only ciphertext · `credential`: it reads it, and this page does not show it. */
export type Visibility = "readable" | "sealed" | "credential";

export interface Part {
  path: string;
  visibility: Visibility;
  /** As it is on the wire, cut where it is long. */
  text: string;
  bytes: number;
}

/** What a frame or body is made of. */
export interface Anatomy {
  /** The first of them. */
  parts: readonly Part[];
  /** How many there are. */
  count: number;
  sealedBytes: number;
}

const SEALED = new Set(["encrypted_data", "encryptedTitle", "encryptedContent"]);
const CREDENTIALS = new Set(["secret", "token", "sessionSecret"]);
const MOST_PARTS = 40;
const SHOWN_CHARACTERS = 160;
const SHOWN_END = 40;
const encoder = new TextEncoder();

export const bytesOf = (text: string) => encoder.encode(text).length;

/** Takes JSON apart. What is no JSON is one readable part. */
export function anatomyOf(value: unknown): Anatomy {
  const parts: Part[] = [];
  let count = 0;
  let sealedBytes = 0;

  function add(path: string, visibility: Visibility, whole: string) {
    const bytes = bytesOf(whole);
    count++;
    if (visibility === "sealed") sealedBytes += bytes;
    if (parts.length < MOST_PARTS) parts.push({ path, visibility, text: visibility === "credential" ? "" : cut(whole), bytes });
  }

  function walk(path: string, name: string, inner: unknown) {
    if (Array.isArray(inner)) return inner.forEach((item, index) => walk(`${path}[${index}]`, name, item));
    if (typeof inner === "object" && inner !== null) {
      for (const [key, item] of Object.entries(inner)) walk(path ? `${path}.${key}` : key, key, item);
      return;
    }
    if (typeof inner === "string" && SEALED.has(name)) return add(path, "sealed", inner);
    if (typeof inner === "string" && CREDENTIALS.has(name)) return add(path, "credential", inner);
    add(path, "readable", typeof inner === "string" ? inner : JSON.stringify(inner));
  }

  walk("", "", value);
  return { parts, count, sealedBytes };
}

/** Beginning and end: ciphertexts of one key begin alike. */
function cut(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  return `${text.slice(0, SHOWN_CHARACTERS - SHOWN_END)}…${text.slice(-SHOWN_END)}`;
}
