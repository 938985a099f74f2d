// An event of sealwire-v1 whose content is compressed, made by PROTOCOL.md with Node's own ciphers.

import { createCipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { USER_ID } from "../peer.mjs";

const KEY = Buffer.alloc(32, 7);
const COMPRESSED = 1;
const UPDATE = 2;

/** A bookmark whose title has so many letters; under the key that the pages of these tests have. */
export function bomb(entityId, length) {
  const [timestamp, deviceId, id] = [Date.now(), "device_elsewhere", `sync_${entityId}`];
  const text = (value) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 255), bytes]);
  };
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(timestamp));
  const header = [text(USER_ID), text("bookmark"), text(entityId), Buffer.of(UPDATE), time, text(deviceId), text(id)];
  const content = deflateRawSync(`{"title":"${"x".repeat(length)}"}`);
  const plaintext = Buffer.concat([Buffer.of(COMPRESSED), ...header, content]);

  const derived = (salt, info, bytes) => Buffer.from(hkdfSync("sha256", KEY, salt, info, bytes));
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const prefix = Buffer.concat([Buffer.of(1), derived("", "sealwire-v1 key id", 16), salt, nonce]);
  const cipher = createCipheriv("aes-256-gcm", derived(salt, "sealwire-v1 seal", 32), nonce).setAAD(prefix);
  const body = Buffer.concat([prefix, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return {
    id, user_id: USER_ID, entity_type: "bookmark", entity_id: entityId, operation: "update", timestamp, device_id: deviceId,
    encrypted_data: body.toString("base64"), data_hash: createHash("sha256").update(body).digest("hex"), conflict_resolved: false,
  };
}
