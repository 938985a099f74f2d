// Each wrong option and each wrong change is refused by name.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { libraryPages } from "./library.mjs";

// As source text, because most of these values cannot travel into the page.
const WRONG_OPTIONS = {
  "{ dialect: 'pigeon' }": "bad_option dialect",
  "{ dialect: undefined }": "bad_option dialect",
  "{ url: undefined }": "bad_option url",
  "{ url: 7 }": "bad_option url",
  "{ url: 'nonsense' }": "bad_option url",
  "{ url: 'https://example.org/api/v1/sync/realtime' }": "bad_option url",
  "{ api: 'ftp://example.org/' }": "bad_option api",
  "{ userId: undefined }": "bad_option userId",
  "{ userId: '' }": "bad_option userId",
  "{ userId: 7 }": "bad_option userId",
  "{ userId: 'é'.repeat(129) }": "bad_option userId",
  "{ userId: '\\ud800' }": "bad_option userId",
  "{ deviceId: '' }": "bad_option deviceId",
  "{ deviceId: 7 }": "bad_option deviceId",
  "{ deviceId: 'my phone' }": "bad_option deviceId",
  "{ deviceId: 'd'.repeat(65) }": "bad_option deviceId",
  "{ key: undefined, userId: 'nobody_has_given_one' }": "key_missing",
  "{ key: null }": "bad_option key",
  "{ key: [] }": "bad_option key",
  "{ key: [{ key: new Uint8Array(32) }] }": "bad_option key",
  "{ key: [{ generation: 1.5, key: new Uint8Array(32) }] }": "bad_option key",
  "{ key: 'password' }": "bad_option key",
  "{ key: new Uint8Array(31) }": "bad_option key",
  "{ key: { password: 'horse' } }": "bad_option key",
  "{ key: { password: 'horse', salt: new Uint8Array(15) } }": "bad_option key",
  "{ key: { password: 'horse', salt: new Uint8Array(16), iterations: 0 } }": "bad_option key",
  "{ key: await aesKey() }": "bad_option key",
  "{ key: await hkdfKey(['deriveBits']) }": "bad_option key",
  "{ key: await hkdfKey(['deriveKey', 'deriveBits']), format: 'bitmarks-plain' }": "bad_option key",
  "{ format: 'rot13' }": "bad_option format",
  "{ maxQueue: -1 }": "bad_option maxQueue",
  "{ maxQueue: 1.5 }": "bad_option maxQueue",
  "{ maxQueue: '10' }": "bad_option maxQueue",
  "{ debounce: -1 }": "bad_option debounce",
  "{ debounce: 0.5 }": "bad_option debounce",
  "{ debounce: 3600001 }": "bad_option debounce",
  "{ debounce: '300' }": "bad_option debounce",
  "{ confirm: 'ack' }": "bad_option confirm",
  "{ confirm: true }": "bad_option confirm",
  "{ compress: 1024 }": "bad_option compress",
  "{ compress: { above: 8388609 } }": "bad_option compress",
  "{ persistKey: null }": "bad_option persistKey",
  "{ persistKey: { password: 7 } }": "bad_option persistKey",
  "{ key: await hkdfKey(['deriveKey', 'deriveBits']), persistKey: { password: 'horse' } }": "bad_option key",
  "{ accept: 'bitmarks-plain' }": "bad_option accept",
};

const WRONG_CHANGES = {
  "'bookmark', 'bm_1', 'upsert', {}": "bad_change",
  "'note', 'note_1', 'create', {}": "bad_change",
  "7, 'bm_1', 'create', {}": "bad_change",
  "'bookmark', 7, 'create', {}": "bad_change",
  "'bookmark', '', 'create', {}": "bad_change",
  "'bookmark', 'é'.repeat(129), 'create', {}": "bad_change",
  "'bookmark', '\\ud800', 'create', {}": "bad_change",
  "'bookmark', 'bm_1', 'create'": "bad_change",
  "'bookmark', 'bm_1', 'create', () => {}": "bad_change",
  "'bookmark', 'bm_1', 'create', 1n": "bad_change",
  "'bookmark', 'bm_1', 'create', cyclic()": "bad_change",
  "'bookmark', 'bm_1', 'create', 'x'.repeat(1048576)": "too_large",
};

let pages, opened;
before(async () => {
  pages = await libraryPages();
  opened = await pages.open("index");
  await opened.page.evaluate(() => {
    globalThis.aesKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    globalThis.hkdfKey = (usages) => crypto.subtle.importKey("raw", new Uint8Array(32), "HKDF", false, usages);
    globalThis.cyclic = () => {
      const data = {};
      data.self = data;
      return data;
    };
  });
});
after(() => pages?.close());

const codeOf = (source) => opened.page.evaluate(`codeOf(async () => { ${source} })`);

const RIGHT_OPTIONS = [
  "{}",
  "{ debounce: 3600000, confirm: 'pong' }",
  "{ debounce: undefined, confirm: 'auto' }",
  "{ compress: { above: 0 }, accept: ['bitmarks-plain'] }",
  "{ key: [{ generation: 0, key: new Uint8Array(32) }], userId: 'user_with_a_ring' }",
  "{ persistKey: false, userId: 'user_who_keeps_no_key' }",
];

for (const right of RIGHT_OPTIONS) {
  test(`open with ${right}`, async () => {
    assert.equal(await codeOf(`(await sealwire.RealtimeSyncManager.open({ ...options(), ...${right} })).close()`), "nothing thrown");
  });
}

test("no options at all", async () => {
  assert.equal(await codeOf("await sealwire.RealtimeSyncManager.open()"), "bad_option dialect");
  assert.equal(await codeOf("await sealwire.RealtimeSyncManager.open(null)"), "bad_option dialect");
});

for (const [wrong, expected] of Object.entries(WRONG_OPTIONS)) {
  test(`open with ${wrong}`, async () => {
    assert.equal(await codeOf(`await sealwire.RealtimeSyncManager.open({ ...options(), ...${wrong} })`), expected);
  });
}

for (const [wrong, expected] of Object.entries(WRONG_CHANGES)) {
  test(`pushChange(${wrong})`, async () => {
    const push = `
      const sync = await sealwire.RealtimeSyncManager.open(options());
      try { await sync.pushChange(${wrong}); } finally { sync.close(); }
    `;
    assert.equal(await codeOf(push), expected);
  });
}

test("the error says what is wrong, and holds no secret", async () => {
  const told = await opened.page.evaluate(`
    sealwire.RealtimeSyncManager.open({ ...options(), key: { password: "correct horse", salt: new Uint8Array(3) } })
      .catch((error) => JSON.stringify({ ...error, message: error.message, stack: error.stack }))
  `);
  assert.match(told, /salt/);
  assert.doesNotMatch(told, /horse/);
});
