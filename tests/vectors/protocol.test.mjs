// PROTOCOL.md suffices to write another implementation: one was, and has the known answers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { deflateRawSync } from "node:zlib";
import { createCipheriv, hkdfSync } from "node:crypto";
import { dataHash, openBitmarksPlain, openKeyLink, openSealwireV1, openTypelets, sealSealwireV1, typeletsKey } from "./other-implementation.mjs";

const known = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url)));
const bytes = (hex) => Buffer.from(hex, "hex");

describe("the implementation that was written from PROTOCOL.md", () => {
  const v1 = known("sealwire-v1.json");
  const key = bytes(v1.key_hex);
  const { bitmarks, typelets_encryption: typelets } = known("interop.json");

  it("opens sealwire-v1, and seals to the same bytes", () => {
    const { header, data } = openSealwireV1(key, v1.encrypted_data);
    assert.deepEqual([header.userId, header.operation, header.timestamp], ["user_01ABC", "create", 1_735_430_400_000]);
    assert.equal(sealSealwireV1(key, { salt: bytes(v1.salt_hex), nonce: bytes(v1.nonce_hex), header, data }), v1.encrypted_data);
    assert.equal(dataHash(v1.encrypted_data), v1.data_hash);
  });

  it("refuses what the page says is refused", () => {
    const body = Buffer.from(v1.encrypted_data, "base64");
    const refused = (code, change) => {
      const changed = change(Buffer.from(body));
      assert.throws(() => openSealwireV1(key, typeof changed === "string" ? changed : changed.toString("base64")), { code });
    };
    for (const at of [17, 33, 45, body.length - 1]) refused("bad_seal", (other) => (other[at] ^= 1, other));
    refused("bad_seal", (other) => (other[0] = 2, other));
    refused("unknown_key", (other) => (other[1] ^= 1, other));
    refused("bad_seal", (other) => other.subarray(0, 60));
    refused("bad_event", () => ` ${v1.encrypted_data}`);
    const plaintext = bytes(v1.plaintext_hex);
    refused("unknown_format", () => sealed(2, plaintext.subarray(1)));
    refused("bad_seal", () => sealed(0, plaintext.subarray(1, 20)));
    assert.equal(openSealwireV1(key, sealed(0, plaintext.subarray(1))).data, openSealwireV1(key, v1.encrypted_data).data);
  });

  it("inflates what is compressed", () => {
    const plaintext = bytes(v1.plaintext_hex), { data } = openSealwireV1(key, v1.encrypted_data);
    const header = plaintext.subarray(1, plaintext.length - Buffer.byteLength(data));
    const inflates = (...parts) => openSealwireV1(key, sealed(1, Buffer.concat([header, ...parts]))).data;
    assert.equal(inflates(deflateRawSync(data)), data);
    assert.throws(() => inflates(deflateRawSync(data), Buffer.of(0)), { code: "bad_seal" });
    assert.throws(() => inflates(deflateRawSync(Buffer.alloc(8_388_609))), { code: "too_large" });
  });

  it("opens bitmarks-plain", () => {
    assert.equal(openBitmarksPlain(bytes(bitmarks.key_hex), bitmarks.encrypted_data_if_nonce_prefixed), bitmarks.plaintext);
  });

  for (const row of typelets) {
    it(`opens a row of Typelets: ${row.mode}, ${row.userId}`, () => {
      const { userId, password: masterPassword, userSecret_b64: secret, salt_b64: rowSalt, iv_b64: iv } = row;
      const rowKey = typeletsKey({ userId, masterPassword, secret, rowSalt });
      assert.equal(openTypelets(rowKey, iv, row.encryptedTitle), row.title);
      if (row.encryptedContent !== undefined) assert.equal(openTypelets(rowKey, iv, row.encryptedContent), row.content);
    });
  }

  it("opens a key link", () => {
    for (const link of known("key-link.json").links) {
      const opened = openKeyLink(link.link, link.code);
      assert.deepEqual([opened.key.toString("hex"), opened.data], [link.key, link.data ? JSON.parse(link.data) : undefined]);
    }
  });

  /** Any plaintext, sealed as the known answer is. */
  function sealed(flags, rest) {
    const prefix = Buffer.from(v1.encrypted_data, "base64").subarray(0, 45);
    const subkey = Buffer.from(hkdfSync("sha256", key, bytes(v1.salt_hex), "sealwire-v1 seal", 32));
    const cipher = createCipheriv("aes-256-gcm", subkey, bytes(v1.nonce_hex)).setAAD(prefix);
    return Buffer.concat([prefix, cipher.update(Buffer.of(flags)), cipher.update(rest), cipher.final(), cipher.getAuthTag()]).toString("base64");
  }
});
