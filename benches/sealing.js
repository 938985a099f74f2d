// Sealing and opening by the package's ring of keys, against WebCrypto alone with a subkey at hand.

import { Ring, importKey } from "/target/browser.js";
import { measure } from "./rounds.js";

/** How far the prefix of a body goes, which PROTOCOL.md describes. */
const PREFIX = 45;

async function ofSize(size) {
  const random = (length) => crypto.getRandomValues(new Uint8Array(length));
  const plaintext = new Uint8Array(size);
  // Random bytes, in the portions that the browser gives; the flags stay 0.
  for (let at = 1; at < size; at += 65_536) crypto.getRandomValues(plaintext.subarray(at, at + 65_536));
  const ring = new Ring([await importKey(random(32), false)], async () => [], Infinity);
  const salt = random(16), nonce = random(12);
  const sealed = await ring.seal(salt, nonce, plaintext);
  const body = new Uint8Array([...sealed.head.slice(0, PREFIX), ...new Uint8Array(sealed)]);
  const subkey = await ring.subkeys[0].key;
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: body.slice(0, PREFIX) };
  const ciphertext = body.slice(PREFIX);
  return {
    sealing: await measure({
      bare: () => crypto.subtle.encrypt(parameters, subkey, plaintext),
      floor: async () => crypto.subtle.digest("SHA-256", await crypto.subtle.encrypt(parameters, subkey, plaintext)),
      ours: () => ring.seal(salt, nonce, plaintext),
    }),
    opening: await measure({
      floor: () => crypto.subtle.decrypt(parameters, subkey, ciphertext),
      ours: () => ring.open(body),
    }),
  };
}

globalThis.sealing = ofSize;
