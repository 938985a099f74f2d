/** What opens a key link: 12 characters of Crockford's base32, 60 bits, read aloud or typed. */

import { randomBytes } from "./random.ts";

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 12;

/** As PBKDF2 takes it: without the hyphens. */
export function newCode(): string {
  return Array.from(randomBytes(LENGTH), (byte) => DIGITS.charAt(byte % DIGITS.length)).join("");
}

/** As people read it: `K7QM-0X4T-9DWH`. */
export function grouped(code: string): string {
  return code.match(/.{4}/g)!.join("-");
}

/** What was typed, as PBKDF2 takes it; `undefined` where it is no code. */
export function readCode(typed: string): string | undefined {
  const code = typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\p{Dash}]/gu, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  return code.length === LENGTH && [...code].every((digit) => DIGITS.includes(digit)) ? code : undefined;
}
