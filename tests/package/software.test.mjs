// The software ciphers of `sealwire/software` give the bytes that WebCrypto gives.

import assert from "node:assert/strict";
import { test } from "node:test";
import { software } from "../../pkg/software.js";

const BOUND = { timeout: 60_000 };
const LENGTHS = [0, 1, 15, 16, 17, 255, 256, 257, 4_096, 65_536];

const random = (length) => Buffer.concat(Array.from({ length: Math.ceil(length / 65_536) || 1 }, () => crypto.getRandomValues(Buffer.alloc(65_536)))).subarray(0, length);
const hexOf = (bytes) => Buffer.from(bytes).toString("hex");

/** Does the same with both; what each gives. */
async function withBoth(act) {
  const [theirs, ours] = [await act(crypto.subtle), await act(software)];
  return [hexOf(theirs), hexOf(ours)];
}

for (const length of LENGTHS) {
  test(`AES-256-GCM of ${length} bytes, each opening what the other sealed`, BOUND, async () => {
    const [bytes, iv, additionalData, plaintext] = [random(32), random(12), random(45), random(length)];
    const parameters = { name: "AES-GCM", iv, additionalData };
    const keyOf = (subtle) => subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    const [theirs, ours] = await withBoth(async (subtle) => subtle.encrypt(parameters, await keyOf(subtle), plaintext));
    assert.equal(ours, theirs);
    const sealed = Buffer.from(ours, "hex");
    const [opened, openedByUs] = await withBoth(async (subtle) => subtle.decrypt(parameters, await keyOf(subtle), sealed));
    assert.deepEqual([opened, openedByUs], [hexOf(plaintext), hexOf(plaintext)]);
    sealed[Math.floor(Math.random() * sealed.length)] ^= 1;
    await assert.rejects(async () => software.decrypt(parameters, await keyOf(software), sealed), { name: "OperationError" });
  });

  test(`SHA-256 of ${length} bytes`, async () => {
    const bytes = random(length);
    const [theirs, ours] = await withBoth((subtle) => subtle.digest("SHA-256", bytes));
    assert.equal(ours, theirs);
  });
}

test("HKDF, as bits and as a key", async () => {
  for (let round = 0; round < 50; round++) {
    const [bytes, salt, info] = [random(32), random(round % 2 ? 16 : 0), random(round)];
    const parameters = { name: "HKDF", hash: "SHA-256", salt, info };
    const keyOf = (subtle) => subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits", "deriveKey"]);
    for (const bits of [128, 256]) {
      const [theirs, ours] = await withBoth(async (subtle) => subtle.deriveBits(parameters, await keyOf(subtle), bits));
      assert.equal(ours, theirs);
    }
    const [sealed, sealedByUs] = await withBoth(async (subtle) => {
      const key = await subtle.deriveKey(parameters, await keyOf(subtle), { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
      return subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, salt);
    });
    assert.equal(sealedByUs, sealed);
  }
});

test("PBKDF2", BOUND, async () => {
  for (const iterations of [1, 2, 10_000]) {
    const [password, salt] = [random(20), random(16)];
    const [theirs, ours] = await withBoth(async (subtle) => {
      const key = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      return subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256);
    });
    assert.equal(ours, theirs);
  }
});

test("a key is a copy: who gave its bytes may wipe them", async () => {
  const bytes = random(32);
  const key = await software.importKey("raw", bytes);
  const before = hexOf(await software.encrypt({ iv: new Uint8Array(12) }, key, random(0)));
  bytes.fill(0);
  assert.equal(hexOf(await software.encrypt({ iv: new Uint8Array(12) }, key, random(0))), before);
});
