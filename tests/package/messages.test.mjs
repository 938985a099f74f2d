// The errors of the browser layer, and the wrapper's own for where the engine is not there, are those of the engine.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const rows = (path, row) => [...read(path).matchAll(row)].map(([, code, fault, message]) => [code, fault.toLowerCase(), message]);
const ENGINE = rows("src/engine/error.rs", /^ +\w+ "(\w+)" (\w+) "(.*)";$/gm);
const SCRIPT_ROW = /^ +(\w+): \["(\w+)", "(.*)"\],$/gm;

test("the browser layer has the same list in the same order", () => {
  assert.ok(ENGINE.length > 0);
  assert.deepEqual(rows("src/browser/errors.js", SCRIPT_ROW), ENGINE);
});

test("one code has one fault and one message", () => {
  for (const path of ["pkg-template/src/errors.ts", "pkg-template/src/keys/errors.ts"]) {
    const wrapper = rows(path, SCRIPT_ROW);
    assert.ok(wrapper.length > 0);
    for (const row of wrapper) assert.deepEqual(row, ENGINE.find(([code]) => code === row[0]));
  }
});
