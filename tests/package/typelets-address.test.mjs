// Where `sealwire/typelets` dials and asks where the app does not say: as the service's own client does.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { readNotesOptions } from "../../src/browser/rows/notes/notes-options.js";

afterEach(() => delete globalThis.location);

/** The addresses for a page at `href`; without one, outside of a page. */
function addresses(href, options) {
  if (href) globalThis.location = new URL(href);
  const { url, api } = readNotesOptions({ dialect: "typelets", userId: "u", getToken: () => "", content: "plain", ...options });
  return { url, api };
}

test("a page of this machine has its server beside it", () => {
  for (const href of ["http://localhost:5173/", "http://127.0.0.1:5173/", "http://[::1]:5173/", "https://localhost/"]) {
    assert.deepEqual(addresses(href), { url: "ws://localhost:3000/", api: "http://localhost:3000/api" }, href);
  }
  assert.deepEqual(addresses(), { url: "ws://localhost:3000/", api: "http://localhost:3000/api" });
});

test("any other page has it at its own host", () => {
  assert.deepEqual(addresses("https://notes.example/app?x#y"), { url: "wss://notes.example/", api: "https://notes.example/api" });
  assert.deepEqual(addresses("http://notes.example:8080/"), { url: "ws://notes.example:8080/", api: "http://notes.example:8080/api" });
  assert.deepEqual(addresses("https://localhost.example/"), { url: "wss://localhost.example/", api: "https://localhost.example/api" });
});

test("what the app says counts", () => {
  const url = "wss://live.example/ws?v=2#part";
  assert.deepEqual(addresses("https://notes.example/", { url }), { url: "wss://live.example/ws?v=2", api: "https://live.example/api" });
  assert.deepEqual(addresses("https://notes.example/", { url, api: "https://rest.example/v1/" }), { url: "wss://live.example/ws?v=2", api: "https://rest.example/v1" });
});
