// The wrapper's own errors, which arise where the engine is not there, read as the engine's do.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("one code has one fault and one message", () => {
  const engine = new Map();
  for (const [, code, fault, message] of read("src/engine/error.rs").matchAll(/^ +\w+ "(\w+)" (\w+) "(.*)";$/gm)) {
    engine.set(code, [fault.toLowerCase(), message]);
  }
  const wrapper = [...read("pkg-template/src/errors.ts").matchAll(/^ +(\w+): \["(\w+)", "(.*)"\],$/gm)];
  assert.ok(wrapper.length > 0);
  for (const [, code, fault, message] of wrapper) assert.deepEqual([fault, message], engine.get(code), code);
});
