// Typelets' sealed format after PROTOCOL.md, `typelets`: written anew here, to read what the package writes and to write what it has to read.

import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

const ROUNDS = 250_000;
const TAG_BYTES = 16;
export const SEALED = "[ENCRYPTED]";

/** The key of an account with a master password. */
export function masterKey(userId, masterPassword) {
  return pbkdf2Sync(masterPassword, `typelets-salt-${userId}-v1`, ROUNDS, 32, "sha256");
}

/** The key of one row of an account without. */
export function rowKey(userId, secret, salt) {
  return pbkdf2Sync(`${userId}-${secret}-typelets-secure-v2`, Buffer.from(salt, "base64"), ROUNDS, 32, "sha256");
}

/** The fields of a new row; both texts are under one IV. `keyOf`: a key, or a function of the salt. */
export function sealNote(keyOf, { title, content, ...fields }) {
  const [iv, salt] = [randomBytes(16), randomBytes(32).toString("base64")];
  const key = typeof keyOf === "function" ? keyOf(salt) : keyOf;
  const seal = (text) => {
    const cipher = createCipheriv("aes-256-gcm", key, iv);
    return Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64");
  };
  return { title: SEALED, content: SEALED, encryptedTitle: seal(title), encryptedContent: seal(content), iv: iv.toString("base64"), salt, ...fields };
}

/** The texts of a row. Throws where the row does not open, or is not exactly of the format. */
export function openNote(keyOf, row) {
  const [iv, salt] = [bytesOf(row.iv, "iv"), bytesOf(row.salt, "salt")];
  if (iv.length !== 16) throw new Error(`an IV of ${iv.length} bytes`);
  if (salt.length !== 32) throw new Error(`a salt of ${salt.length} bytes`);
  for (const name of ["title", "content"]) if (row[name] !== SEALED) throw new Error(`${name} is not sealed`);
  const key = typeof keyOf === "function" ? keyOf(row.salt) : keyOf;
  const open = (name) => {
    const sealed = bytesOf(row[name], name);
    const decipher = createDecipheriv("aes-256-gcm", key, iv).setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString();
  };
  return { title: open("encryptedTitle"), content: open("encryptedContent") };
}

/** Base64 of the standard alphabet, padded, and nothing else. */
function bytesOf(text, name) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new Error(`${name} is not base64`);
  return bytes;
}
