// `sealwire/keys`, as it is built, where WebCrypto is and no browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mock, test } from "node:test";
import { exportKeyLink, generateKey, importKeyLink, recoverKey, SyncError } from "../../pkg/keys.js";

const { page, links: LINKS, passwords: PASSWORDS } = JSON.parse(readFileSync(new URL("../vectors/key-link.json", import.meta.url), "utf8"));
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Where the parts of the bytes begin. */
const SALT = 1, NONCE = 17, SEALED = 29;

const bytesOf = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const hexOf = (bytes) => Buffer.from(bytes).toString("hex");
const dataOf = ({ data }) => (data === "" ? undefined : JSON.parse(data));
const fragmentOf = (bytes) => `#sealwire-key=${Buffer.from(bytes).toString("base64url")}`;
const bytesInLink = (link) => Uint8Array.from(Buffer.from(link.split("#sealwire-key=")[1], "base64url"));

const KEY = bytesOf(LINKS[0].key);

/** 256 bits each, from https://github.com/trezor/python-mnemonic/blob/master/vectors.json, which BIP-39 refers to. */
const BIP39 = {
  ["00".repeat(32)]: `${"abandon ".repeat(23)}art`,
  ["7f".repeat(32)]: "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title",
  ["80".repeat(32)]: "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless",
  ["ff".repeat(32)]: `${"zoo ".repeat(23)}vote`,
  "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c": "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
  "9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863": "panda eyebrow bullet gorilla call smoke muffin taste mesh discover soft ostrich alcohol speed nation flash devote level hobby quick inner drive ghost inside",
  "066dca1a2bb7e8a1db2832148ce9933eea0f3ac9548d793112d9a95c9407efad": "all hour make first leader extend hole alien behind guard gospel lava path output census museum junior mass reopen famous sing advance salt reform",
  "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f": "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold",
};

/** Runs `story` while random bytes are those that `source` gives for a length. */
async function withRandom(source, story) {
  const mocked = mock.method(crypto, "getRandomValues", (array) => (array.set(source(array.length)), array));
  try {
    return await story();
  } finally {
    mocked.mock.restore();
  }
}

/** What is thrown, as `code option`, and all that its text says. */
async function thrownBy(call) {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof SyncError, String(error));
    const { code, option, fault, message, detail, cause } = error;
    return { told: option ? `${code} ${option}` : code, fault, text: [message, detail, cause].join("\n") };
  }
  assert.fail("nothing was thrown");
}
const toldBy = async (call) => (await thrownBy(call)).told;

for (const vector of LINKS) {
  test(`the link of ${vector.code} is opened`, async () => {
    const { key, ...rest } = await importKeyLink(vector.link, vector.code);
    assert.equal(hexOf(key), vector.key);
    assert.deepEqual(rest, vector.data === "" ? {} : { data: dataOf(vector) });
    assert.deepEqual(await importKeyLink(new URL(vector.link).hash, vector.code), { key, ...rest }, "by its fragment alone");
  });

  test(`the link of ${vector.code} is made, byte for byte`, async () => {
    const digits = [...vector.code.replaceAll("-", "")].map((digit) => DIGITS.indexOf(digit));
    const drawn = { 12: digits, 28: bytesOf(vector.salt + vector.nonce) };
    const made = await withRandom((length) => drawn[length], () =>
      exportKeyLink({ key: bytesOf(vector.key) }, { page, data: dataOf(vector), sync: { keyId: vector.keyId } }));
    assert.deepEqual(made, { link: vector.link, code: vector.code });
  });
}

for (const { password, salt, iterations, key } of PASSWORDS) {
  test(`the key of the password ${password}`, async () => {
    const { link, code } = await exportKeyLink({ password, salt: bytesOf(salt), iterations }, { page });
    assert.equal(hexOf((await importKeyLink(link, code)).key), key);
  });
}

test("600,000 iterations are the default of a password", async () => {
  const [{ password, salt, key }] = PASSWORDS;
  const { link, code } = await exportKeyLink({ password, salt: bytesOf(salt) }, { page });
  assert.equal(hexOf((await importKeyLink(link, code)).key), key);
});

for (const [entropy, words] of Object.entries(BIP39)) {
  test(`BIP-39: ${words.slice(0, 30)}…`, async () => {
    assert.equal(hexOf(recoverKey(words)), entropy);
    const { key, recoveryCode } = await withRandom(() => bytesOf(entropy), () => generateKey());
    assert.deepEqual({ key: hexOf(key), recoveryCode }, { key: entropy, recoveryCode: words });
  });
}

test("a key is random, and its recovery code gives it back", () => {
  const [first, second] = [generateKey(), generateKey()];
  assert.equal(first.key.length, 32);
  assert.notEqual(hexOf(first.key), hexOf(second.key));
  assert.deepEqual(recoverKey(first.recoveryCode), first.key);
});

test("a recovery code may be written in any case, width and spacing", () => {
  const [[entropy, words]] = Object.entries(BIP39).slice(-1);
  const wide = words.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
  for (const written of [words.toUpperCase(), ` \n${words.replaceAll(" ", "\r\n\t ")} `, words.replaceAll(" ", "\u3000"), wide]) {
    assert.equal(hexOf(recoverKey(written)), entropy);
  }
});

test("a wrong recovery code is refused, and no error quotes a word", async () => {
  const words = BIP39["9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863"].split(" ");
  const wrong = {
    "a word that is in no list": words.with(6, "muffins"),
    "a word for another": words.with(6, "mushroom"),
    "two words changed places": words.with(0, words[1]).with(1, words[0]),
    "a word too few": words.slice(1),
    "a word too many": [...words, "inside"],
    "half a code, which is one of 128 bits": "legal winner thank year wave sausage worth useful legal winner thank yellow".split(" "),
  };
  for (const [what, list] of Object.entries(wrong)) {
    for (const call of [() => recoverKey(list.join(" ")), () => exportKeyLink({ recoveryCode: list.join(" ") }, { page })]) {
      const { told, fault, text } = await thrownBy(call);
      assert.deepEqual([told, fault], ["bad_option recoveryCode", "app"], what);
      for (const word of list) assert.ok(!new RegExp(`\\b${word}\\b`, "i").test(text), `${what}: ${text}`);
    }
  }
  assert.match((await thrownBy(() => recoverKey(words.with(6, "muffins").join(" ")))).text, /place 7/);
  for (const none of [undefined, null, 7, "", " ", {}]) assert.equal(await toldBy(() => recoverKey(none)), "bad_option recoveryCode");
});

test("a code is typed as people type", async () => {
  const { link, code, key } = LINKS[0];
  const digits = code.replaceAll("-", "");
  const typed = [digits, digits.toLowerCase(), ` ${digits.replace(/./g, "$& ")}`, code.replaceAll("-", "\u2013"), code.replace("01", "oI"), code.replace("01", "Ol")];
  for (const text of typed) assert.equal(hexOf((await importKeyLink(link, text)).key), key, text);
});

test("what is no code is told before anything is tried", async () => {
  for (const code of [undefined, null, 7, "", "0123-4567-89A", "0123-4567-89ABC", "0123-4567-89AU", "0123-4567-89A!"]) {
    assert.equal(await toldBy(() => importKeyLink(LINKS[0].link, code)), "bad_option code");
  }
});

test("codes are 60 random bits, each digit equally likely", async () => {
  const seen = new Map([...DIGITS].map((digit) => [digit, 0]));
  // All 256 values of a byte, in the places of codes.
  for (let first = 0; first < 264; first += 12) {
    const bytes = Array.from({ length: 12 }, (_, index) => first + index);
    const { code } = await withRandom((length) => (length === 12 ? bytes : new Uint8Array(length)), () => exportKeyLink({ key: KEY }, { page }));
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    for (const [index, digit] of [...code.replaceAll("-", "")].entries()) if (bytes[index] < 256) seen.set(digit, seen.get(digit) + 1);
  }
  assert.deepEqual([...new Set(seen.values())], [8]);
});

test("two links of one key have nothing in common", async () => {
  const [first, second] = [await exportKeyLink({ key: KEY }, { page }), await exportKeyLink({ key: KEY }, { page })];
  assert.notEqual(first.code, second.code);
  const [one, other] = [first, second].map(({ link }) => bytesInLink(link));
  for (const [from, to] of [[SALT, NONCE], [NONCE, SEALED], [SEALED, SEALED + 32]]) assert.notEqual(hexOf(one.slice(from, to)), hexOf(other.slice(from, to)));
  assert.equal(await toldBy(() => importKeyLink(first.link, second.code)), "bad_option code");
});

test("every altered byte is noticed", { timeout: 240_000 }, async () => {
  const { link, code } = LINKS[1];
  const bytes = bytesInLink(link);
  assert.equal(bytes.length, SEALED + 32 + 16);
  for (const place of bytes.keys()) {
    const told = await toldBy(() => importKeyLink(fragmentOf(bytes.with(place, bytes[place] ^ 1)), code));
    assert.equal(told, place === 0 ? "bad_option link" : "bad_option code", `byte ${place}`);
  }
});

test("what is no link, or only a part of one, is told as that", async () => {
  const { link, code } = LINKS[0];
  const bytes = bytesInLink(LINKS[1].link);
  const damaged = [
    undefined, null, 7, "", "#", page, "#join=abc", "#sealwire-key", "#sealwire-key=", "#sealwire-key=*", `${link}=`, `${link}!`,
    link.replace("#sealwire-key", "#sealwire-kez"), link.slice(0, 80), link.replace("key=", "key=é"),
    fragmentOf(bytes.slice(0, -1)), fragmentOf([...bytes, ...new Uint8Array(1025)]), fragmentOf(bytes.with(0, 2)),
  ];
  for (const text of damaged) assert.equal(await toldBy(() => importKeyLink(text, code)), "bad_option link", String(text).slice(-20));
});

test("base64url has one spelling: bits of the last character that belong to no byte are zero", async () => {
  const { link, code } = LINKS[1];
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const other = `${link.slice(0, -1)}${digits[digits.indexOf(link.at(-1)) ^ 1]}`;
  assert.deepEqual(bytesInLink(other), bytesInLink(link));
  assert.equal(await toldBy(() => importKeyLink(other, code)), "bad_option link");
});

test("a link that a mail program broke into lines is read", async () => {
  const { link, code, key } = LINKS[0];
  const broken = ` ${link.replace(/.{60}/g, "$&\r\n")} `;
  assert.equal(hexOf((await importKeyLink(broken, code)).key), key);
});

test("the fragment of the page gives way, its query stays", async () => {
  const { link } = await exportKeyLink({ key: KEY }, { page: new URL("https://example.org/app?from=mail#chapter") });
  assert.ok(link.startsWith("https://example.org/app?from=mail#sealwire-key="));
});

test("only what the key's bytes can be had from is exported", async () => {
  const handle = await crypto.subtle.importKey("raw", KEY, "HKDF", false, ["deriveBits"]);
  const aes = await crypto.subtle.importKey("raw", KEY, "AES-GCM", true, ["encrypt"]);
  const recoveryCode = BIP39["00".repeat(32)];
  const password = { password: "horse", salt: new Uint8Array(16) };
  const sources = [
    undefined, null, 7, "key", KEY, handle, aes, {}, { key: handle }, { key: undefined }, { key: "x".repeat(32) }, { key: KEY.slice(1) }, { key: [...KEY] },
    { salt: new Uint8Array(16) }, { key: KEY, recoveryCode }, { key: KEY, ...password }, { recoveryCode, ...password },
  ];
  for (const source of sources) assert.equal(await toldBy(() => exportKeyLink(source, { page })), "key_not_exportable");
});

test("a wrong option is refused by name", async () => {
  const key = { key: KEY };
  const salt = new Uint8Array(16);
  const cyclic = {};
  cyclic.self = cyclic;
  const wrong = {
    password: [[{ password: "", salt }], [{ password: "\ud800", salt }], [{ password: 7, salt }]],
    salt: [[{ password: "horse" }], [{ password: "horse", salt: "salt" }], [{ password: "horse", salt: new Uint8Array(15) }]],
    iterations: [[{ password: "horse", salt, iterations: 9_999 }], [{ password: "horse", salt, iterations: 1e5 + 0.5 }], [{ password: "horse", salt, iterations: 1e9 }]],
    page: [[key], [key, { page: "nonsense" }], [key, { page: 7 }]],
    data: [[key, { page, data: "x".repeat(1023) }], [key, { page, data: "é".repeat(512) }], [key, { page, data: cyclic }], [key, { page, data: 1n }], [key, { page, data: () => {} }]],
  };
  for (const [option, calls] of Object.entries(wrong)) {
    for (const [source, options = option === "page" ? {} : { page }] of calls) assert.equal(await toldBy(() => exportKeyLink(source, options)), `bad_option ${option}`);
  }
  const data = "x".repeat(1022);
  const { link, code } = await exportKeyLink(key, { page, data });
  assert.equal((await importKeyLink(link, code)).data, data, "1,024 bytes as JSON");
});

test("a key other than the manager's is not exported", async () => {
  for (const source of [{ key: KEY }, { recoveryCode: BIP39["00".repeat(32)] }]) {
    const { told, fault } = await thrownBy(() => exportKeyLink(source, { page, sync: { keyId: LINKS[1].keyId } }));
    assert.deepEqual([told, fault], ["key_mismatch", "user"]);
  }
  // A manager that does not tell its key's id yet.
  for (const sync of [undefined, {}, { keyId: undefined }, { keyId: null }]) assert.ok((await exportKeyLink({ key: KEY }, { page, sync })).link);
});

test("the key is taken at the call, and the caller's array is left as it is", async () => {
  const key = KEY.slice();
  const exported = exportKeyLink({ key }, { page });
  key.fill(0);
  const { link, code } = await exported;
  assert.deepEqual((await importKeyLink(link, code)).key, KEY);

  const kept = KEY.slice();
  await exportKeyLink({ key: kept }, { page });
  assert.deepEqual(kept, KEY);
});

test("no error of a link holds the key, the code, the data or the link", async () => {
  const { link, code, key } = LINKS[0];
  const secrets = [code, code.replaceAll("-", ""), key, "Grüße", link.split("=")[2].slice(0, 20), "ZZZZ"];
  const calls = [
    () => importKeyLink(link, "ZZZZ-ZZZZ-ZZZZ"), () => importKeyLink(link.slice(0, -4), code), () => importKeyLink(`${link}!`, code),
    () => exportKeyLink({ key: KEY }, { page, data: { text: "Grüße".repeat(300) } }),
  ];
  for (const call of calls) {
    const { text } = await thrownBy(call);
    for (const secret of secrets) assert.ok(!text.includes(secret), text);
  }
});

test("without WebCrypto, as on a page without https, that is what is said", async () => {
  const { subtle } = crypto;
  Object.defineProperty(crypto, "subtle", { value: undefined, configurable: true });
  try {
    assert.equal(await toldBy(() => exportKeyLink({ key: KEY }, { page })), "not_supported");
    assert.equal(await toldBy(() => importKeyLink(LINKS[0].link, LINKS[0].code)), "not_supported");
    assert.equal(recoverKey(generateKey().recoveryCode).length, 32);
  } finally {
    delete crypto.subtle;
  }
  assert.equal(crypto.subtle, subtle);
});
