// The sealed bodies of PROTOCOL.md once more, written from that page alone: if it did not suffice, this would not open what the engine seals.

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { createCipheriv, createDecipheriv, createHash, hkdfSync, pbkdf2Sync } from "node:crypto";
import { inflateRawSync } from "node:zlib";

const OPERATIONS = [undefined, "create", "update", "delete"];
const MAX_DATA = 8_388_608;
const PREFIX = 45, TAG = 16;

function refuse(code, message = code) {
  throw Object.assign(new Error(message), { code });
}

/** What is not UTF-8 is refused; a byte order mark is text. */
function text(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("bad_seal", "no UTF-8");
  }
}

/** Takes base64 in its one canonical spelling. */
function decode(string, alphabet = "base64", code = "bad_event") {
  const bytes = Buffer.from(string, alphabet);
  return bytes.toString(alphabet) === string ? bytes : refuse(code, `not ${alphabet}`);
}

function openAesGcm(key, nonce, sealed, associated, code = "bad_seal") {
  if (sealed.length < TAG) refuse(code, "too short for a tag");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG });
  if (associated) decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(-TAG));
  const plaintext = decipher.update(sealed.subarray(0, -TAG));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return refuse(code, "the tag fails");
  }
}

const keyIdOf = (key) => Buffer.from(hkdfSync("sha256", key, "", "sealwire-v1 key id", 16));
const subkeyOf = (key, salt) => Buffer.from(hkdfSync("sha256", key, salt, "sealwire-v1 seal", 32));

/** Key id, header and data of a body in `sealwire-v1`. */
export function openSealwireV1(key, encryptedData) {
  const body = decode(encryptedData);
  if (body[0] !== 1 || body.length < PREFIX + TAG) refuse("bad_seal", "another version, or too short");
  const prefix = body.subarray(0, PREFIX);
  const keyId = prefix.subarray(1, 17), salt = prefix.subarray(17, 33), nonce = prefix.subarray(33);
  if (!keyId.equals(keyIdOf(key))) refuse("unknown_key");
  return { keyId: keyId.toString("hex"), ...read(openAesGcm(subkeyOf(key, salt), nonce, body.subarray(PREFIX), prefix)) };
}

/** Flags, seven header fields in their order, and the rest as the data. */
function read(plaintext) {
  let at = 0;
  const take = (length) => {
    if (at + length > plaintext.length) refuse("bad_seal", "cut off");
    return plaintext.subarray(at, (at += length));
  };
  const string = () => text(take(take(2).readUInt16BE()));
  const flags = take(1)[0];
  if (flags & ~1) refuse("unknown_format", `flags ${flags}`);
  const header = {
    userId: string(),
    entityType: string(),
    entityId: string(),
    operation: OPERATIONS[take(1)[0]] ?? refuse("bad_seal", "operation"),
    timestamp: Number(take(8).readBigUInt64BE()),
    deviceId: string(),
    eventId: string(),
  };
  if (header.timestamp < 1 || !Number.isSafeInteger(header.timestamp)) refuse("bad_event", "timestamp");
  const rest = plaintext.subarray(at);
  return { header, data: text(flags & 1 ? inflate(rest) : rest) };
}

/** A raw deflate stream with nothing behind it. */
function inflate(bytes) {
  let inflated;
  try {
    inflated = inflateRawSync(bytes, { maxOutputLength: MAX_DATA, info: true });
  } catch (error) {
    return refuse(error.code === "ERR_BUFFER_TOO_LARGE" ? "too_large" : "bad_seal", error.message);
  }
  return inflated.engine.bytesWritten === bytes.length ? inflated.buffer : refuse("bad_seal", "bytes behind the stream");
}

/** A body in `sealwire-v1`, not compressed, under the salt of an installation (16 bytes) and a nonce (12 bytes). */
export function sealSealwireV1(key, { salt, nonce, header, data }) {
  const string = (value) => {
    const bytes = Buffer.from(value), length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const timestamp = Buffer.alloc(8);
  timestamp.writeBigUInt64BE(BigInt(header.timestamp));
  const { userId, entityType, entityId, deviceId, eventId } = header;
  const operation = Buffer.of(OPERATIONS.indexOf(header.operation, 1));
  const fields = [string(userId), string(entityType), string(entityId), operation, timestamp, string(deviceId), string(eventId)];
  const plaintext = Buffer.concat([Buffer.of(0), ...fields, Buffer.from(data)]);
  const prefix = Buffer.concat([Buffer.of(1), keyIdOf(key), salt, nonce]);
  const cipher = createCipheriv("aes-256-gcm", subkeyOf(key, salt), nonce, { authTagLength: TAG }).setAAD(prefix);
  return Buffer.concat([prefix, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

/** `data_hash` of a body in `sealwire-v1`. */
export function dataHash(encryptedData) {
  return createHash("sha256").update(decode(encryptedData)).digest("hex");
}

/** The JSON text of a body in `bitmarks-plain`. */
export function openBitmarksPlain(key, encryptedData) {
  const body = decode(encryptedData);
  if (body.length < 24 + TAG) refuse("bad_seal", "too short");
  try {
    return text(xchacha20poly1305(key, body.subarray(0, 24)).decrypt(body.subarray(24)));
  } catch {
    return refuse("bad_seal", "the tag fails");
  }
}

/** The key of a Typelets row: of a master password, or of the secret that a device stores. */
export function typeletsKey({ userId, masterPassword, secret, rowSalt }) {
  const [password, salt] = masterPassword === undefined
    ? [`${userId}-${secret}-typelets-secure-v2`, decode(rowSalt)]
    : [masterPassword, `typelets-salt-${userId}-v1`];
  return pbkdf2Sync(password, salt, 250_000, 32, "sha256");
}

/** Title or content of a Typelets row. */
export function openTypelets(key, iv, sealed) {
  const nonce = decode(iv);
  if (nonce.length !== 16) refuse("bad_seal", "an IV of another length");
  return text(openAesGcm(key, nonce, decode(sealed)));
}

/** Key and data of a key link or its fragment, with the code as it was typed. */
export function openKeyLink(link, code) {
  const fragment = link.replace(/\s/gu, "").replace(/^[^#]*#/, "");
  const bytes = decode(new URLSearchParams(fragment).get("sealwire-key") ?? refuse("link", "no such field"), "base64url", "link");
  if (bytes.length < 77 || bytes.length > 1101 || bytes[0] !== 1) refuse("link", "version or length");
  const typed = code.normalize("NFKC").toUpperCase().replace(/[\s\p{Dash}]/gu, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  if (!/^[0-9A-HJKMNP-TV-Z]{12}$/.test(typed)) refuse("code", "no code");
  const prefix = bytes.subarray(0, 29);
  const wrapping = pbkdf2Sync(typed, prefix.subarray(1, 17), 600_000, 32, "sha256");
  const plaintext = openAesGcm(wrapping, prefix.subarray(17), bytes.subarray(29), prefix, "code");
  const data = plaintext.subarray(32);
  return { key: plaintext.subarray(0, 32), data: data.length > 0 ? JSON.parse(text(data)) : undefined };
}
