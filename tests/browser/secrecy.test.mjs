/** Nothing that an app entrusts to the package gets out of it: not to the server, the disk, the console, an error or a status. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { openPeerPage } from "./peer-page.mjs";
import { canaries, KEY, NAMES, OTHER_KEY, PASSWORDS, TEXTS } from "./secrecy/canaries.mjs";
import { search, textOf, watch } from "./secrecy/places.mjs";

const BOUND = { timeout: 90_000 };

const browser = await launchChromium();
after(() => browser.close());

/** A page and, in it, `told`: what the package said of itself and of failures. */
async function openWatched(t) {
  const { peer, page, openTab } = await openPeerPage(browser, (end) => t.after(end));
  const watched = watch(page.context());
  await page.context().addInitScript(`localStorage.setItem("debug", "*"); globalThis.told = []; globalThis.textOf = ${textOf};`);
  await page.reload();
  await page.waitForFunction(() => globalThis.sealwire !== undefined);
  return { peer, page, openTab, ...watched };
}

/** Opens a manager as `sync` and keeps what it tells, but for changes, which are for the app. Resolves to the code of its failure. */
async function openTelling(options) {
  try {
    globalThis.sync = await manager(options);
    for (const topic of ["error", "status", "progress", "ready"]) sync.on(topic, (argument) => told.push(textOf(argument)));
    told.push(textOf(sync.status), String(sync), textOf(sync));
    return "opened";
  } catch (error) {
    told.push(textOf(error));
    return error.code;
  }
}

/** Makes a call that fails, and keeps the failure. */
async function failing([name, ...args]) {
  try {
    await sync[name](...args);
    return "nothing thrown";
  } catch (error) {
    told.push(textOf(error));
    return error.code;
  }
}

const [payload, update, refused, waiting] = TEXTS;
const [password, wrongPassword] = PASSWORDS;
const key = [...KEY], otherKey = [...OTHER_KEY];

for (const format of ["sealwire-v1", "bitmarks-plain"]) {
  describe(`a secret of an account in ${format}`, () => {
    it("is in no place after all that an app can do", BOUND, async (t) => {
      const { peer, page: first, openTab, places, look } = await openWatched(t);
      const options = { format, key, persistKey: { password } };
      const { page: second } = await openTab();
      const follow = async (page, state) => {
        assert.equal(await page.evaluate(openTelling, options), "opened");
        await page.evaluate((state) => (sync.connect(), until(() => sync.status.state === state)), state);
      };
      await follow(first, "live");
      await follow(second, "following");

      await second.evaluate(async (title) => (await push("bm_1", title)).acknowledged, payload);
      await first.evaluate(async (title) => (await push("bm_1", title)).acknowledged, update);
      peer.refused.set("bm_2", "There is no such folder.");
      await second.evaluate((title) => push("bm_2", title), refused);
      for (const page of [first, second]) await page.evaluate(() => until(() => refusals.length > 0));
      assert.equal(await second.evaluate(() => sync.wedged().then(({ length }) => length)), 1);
      await second.evaluate(async () => (await sync.pushChange("bookmark", "bm_1", "delete")).acknowledged);
      assert.equal(await first.evaluate(failing, ["pushChange", "folder/none", "bm_3", "create", { title: payload }]), "bad_change");
      assert.equal(await first.evaluate(failing, ["pushChange", "bookmark", "bm_3", "delete", { title: payload }]), "bad_change");
      // What a server sends that cannot be read, opened or understood.
      const [event] = peer.events;
      const altered = Buffer.from(event.encrypted_data, "base64");
      altered[altered.length - 1] ^= 1;
      peer.send({ type: "sync", event: { ...event, id: "sync_altered", timestamp: Date.now(), encrypted_data: altered.toString("base64") } });
      peer.send("no JSON");
      await first.evaluate(() => until(() => errors.some(({ code }) => code === "bad_seal") && errors.some(({ code }) => code === "bad_frame")));
      await first.evaluate(async (title) => (sync.disconnect(), push("bm_4", title)), waiting);
      for (const page of [first, second]) await look(page);

      for (const page of [first, second]) await page.evaluate(() => sync.close());
      assert.equal(await first.evaluate(failing, ["pushChange", "bookmark", "bm_5", "create", { title: payload }]), "closed");
      for (const [wrong, code] of [
        [{ ...options, key: "kept", persistKey: { password: wrongPassword } }, "key_mismatch"],
        [{ ...options, key: otherKey }, "key_mismatch"],
        [{ ...options, key: key.slice(1) }, "bad_option"],
        [{ ...options, key: { password, salt: key } }, "bad_option"],
        [{ ...options, key: [{ generation: -1, key }] }, "bad_option"],
        [{ ...options, persistKey: password }, "bad_option"],
        [{ ...options, format: password }, "bad_option"],
      ]) {
        assert.equal(await first.evaluate(openTelling, wrong), code);
      }
      await look(first);
      assert.equal(await first.evaluate(openTelling, { ...options, key: "kept" }), "opened");
      await first.evaluate(() => sync.forget());
      await look(first);
      for (const [place, pieces] of Object.entries(places)) {
        if (!["localStorage", "titles"].includes(place)) assert.ok(Buffer.concat(pieces.map((piece) => Buffer.from(piece))).length > 100, `there is nothing to search in ${place}`);
      }
      assert.deepEqual(search(places, canaries()), {});
    });
  });
}

describe("the search for secrets", () => {
  it("finds each of them in every place", BOUND, async (t) => {
    const { peer, page, places, look } = await openWatched(t);
    assert.deepEqual(search(places, canaries()), {});
    const planted = { texts: [...TEXTS, ...PASSWORDS], keys: [key, otherKey], url: peer.url };
    await page.evaluate(async ({ texts, keys, url }) => {
      const secrets = [...texts, ...keys.map((key) => btoa(String.fromCharCode(...key)))];
      const text = secrets.join("\n");
      console.debug("an object", { within: { text } });
      const socket = new WebSocket(url);
      await new Promise((resolve) => (socket.onopen = resolve));
      socket.send(JSON.stringify({ type: "planted", text: btoa(text), secrets }));
      await fetch("/api/v1/sync/pull", { method: "POST", body: JSON.stringify({ since: 0, text }) }).then((answer) => answer.text());
      localStorage.setItem("planted", text);
      document.title = text;
      const database = await new Promise((resolve) => {
        const request = indexedDB.open("planted");
        request.onupgradeneeded = () => request.result.createObjectStore("meta");
        request.onsuccess = () => resolve(request.result);
      });
      await new Promise((resolve) => {
        const write = database.transaction("meta", "readwrite");
        write.objectStore("meta").put([{ bytes: keys.map((key) => new Uint8Array(key)) }, new TextEncoder().encode(texts.join())], "keys");
        write.oncomplete = resolve;
      });
      database.close();
      told.push(textOf(Object.assign(new Error("x"), { detail: texts.join(), keys: keys.map((key) => new Uint8Array(key)) })));
      history.replaceState(null, "", `#${keys.map((key) => key.map((byte) => byte.toString(16).padStart(2, "0")).join("")).join("&")}`);
    }, planted);
    // An address escapes spaces, so of texts it is searched for keys alone.
    peer.take({ text: planted.texts, keys: [KEY, OTHER_KEY].map((key) => key.toString("base64url").slice(8, 24)) });
    await page.evaluate(() => fetch("/api/v1/sync/pull", { method: "POST", body: '{"since":0}' }).then((answer) => answer.text()));
    await look(page);
    const found = search(places, canaries());
    for (const place of ["console", "frames", "requests", "answers", "titles", "records", "localStorage", "told"]) assert.deepEqual(found[place], NAMES, place);
    assert.deepEqual(found.addresses, ["key", "other key"]);
  });

  for (const [form, write] of Object.entries({
    "raw bytes": (bytes) => bytes,
    hex: (bytes) => Buffer.from(bytes.toString("hex")),
    base64: (bytes) => Buffer.from(bytes.toString("base64")),
    base64url: (bytes) => Buffer.from(bytes.toString("base64url")),
    "numbers of JSON": (bytes) => Buffer.from(JSON.stringify([...bytes])),
  })) {
    it(`finds a key and each part of it in ${form}`, () => {
      const needles = canaries();
      for (const [start, end] of [[0, 32], [0, 10], [5, 16], [13, 24], [22, 32]]) {
        assert.deepEqual(needles.foundIn(write(KEY.subarray(start, end))), ["key"], `${start} to ${end}`);
      }
    });
  }
});
