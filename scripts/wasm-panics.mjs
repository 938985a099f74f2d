// Takes out of a wasm what describes a panic. Rust's standard library writes the description to a stderr that no browser has, and then
// traps. The trap is all that src/browser/guard.js sees, and it stays; but a panic hook of the crate would not be called any more.

import { dataSegments, functions, withoutHashes } from "./wasm-sections.mjs";

// Functions of Rust's libraries that never return.
const PANICS = [
  /^core::panicking::/,
  /^core::(option|result)::\w+_failed$/,
  /^core::cell::panic_/,
  /^core::slice::index::slice_index_fail$/,
  /^core::slice::copy_from_slice_impl::len_mismatch_fail$/,
  /^<?(core|alloc)::.*::assert_failed$/,
  /^alloc::alloc::handle_alloc_error$/,
  /^alloc::raw_vec::handle_error$/,
  /^std::panicking::panic_with_hook$/,
  /^std::thread::local::panic_access_error$/,
  // The same, of what the module's own glue does wrong.
  /^wasm_bindgen::throw_str$/,
];
const CENTRAL = "core::panicking::panic_fmt";
// Functions that make text of values. Whoever calls one needs a formatter, and only others of them make that: so where no function but they
// calls one of them directly, they serve nothing but the description of a panic.
const FORMATTING = [
  /^<.+ as core::fmt::(\w+::)*\w+>::/,
  /^<?core::fmt::/,
  /^<.+ as core::panic::PanicPayload>::/,
  /^core::str::count::/,
];

const NO_LOCALS = 0x00;
const UNREACHABLE = 0x00;
const NOP = 0x01;
const END = 0x0b;

// A location is the address and the length of a file's name, a line and a column.
const LOCATION_BYTES = 16;
const MAX_LINE = 100_000;
const MAX_COLUMN = 1_000;
const FILE = /^[\w./-]+\.rs$/;
const MAX_FILE_BYTES = 200;

/** A copy whose panics trap at once; what only served to describe them is left to wasm-opt to remove. */
export function silencePanics(wasm) {
  const silent = Buffer.from(wasm);
  const panics = functions(wasm).filter(({ name }) => PANICS.some((pattern) => pattern.test(name)));
  if (!panics.some(({ name }) => name === CENTRAL)) throw new Error(`the wasm has no function ${CENTRAL}: does it still have its names?`);
  for (const panic of panics) trapAtOnce(silent, panic);
  if (blankLocations(silent) === 0) throw new Error("the wasm has no panic's location: have they another layout now?");
  return silent;
}

/**
 * A copy without what makes text of values. `callGraph` is what wasm-opt prints of the module. Throws where the module formats something for
 * another purpose than a panic.
 */
export function silenceFormatting(wasm, callGraph) {
  const calls = [...callGraph.matchAll(/^ *"(.+)" -> "(.+)"; \/\/ call$/gm)].map(([, from, to]) => [from, to].map(withoutHashes));
  const hasPattern = (name) => FORMATTING.some((pattern) => pattern.test(name));
  // A few functions of the standard library come without a name: such a one is known by who calls it.
  const isFormatting = (name) => hasPattern(name) || (/^\d+$/.test(name) && calls.every(([from, to]) => to !== name || hasPattern(from)));
  if (calls.length === 0) throw new Error("wasm-opt has printed no calls: has its call graph another form now?");
  const others = calls.filter(([from, to]) => isFormatting(to) && !isFormatting(from));
  if (others.length > 0) throw new Error(`the wasm formats text: ${others.map((call) => call.join(" calls ")).join(", ")}`);
  const silent = Buffer.from(wasm);
  for (const { name, start, end } of functions(wasm)) if (isFormatting(name)) trapAtOnce(silent, { start, end });
  return silent;
}

function trapAtOnce(wasm, { start, end }) {
  wasm.fill(NOP, start, end);
  wasm[start] = NO_LOCALS;
  wasm[start + 1] = UNREACHABLE;
  wasm[end - 1] = END;
}

function blankLocations(wasm) {
  const segments = dataSegments(wasm);
  const files = [];
  for (const { address, start, end } of segments) {
    for (let at = start + (-address & 3); at + LOCATION_BYTES <= end; at += 4) {
      const [address, length, line, column] = [0, 4, 8, 12].map((offset) => wasm.readUInt32LE(at + offset));
      const file = line < MAX_LINE && column < MAX_COLUMN && fileAt(wasm, segments, address, length);
      if (!file) continue;
      wasm.fill(0, at, at + LOCATION_BYTES);
      files.push(file);
    }
  }
  for (const { start, end } of files) wasm.fill(0, start, end);
  return files.length;
}

function fileAt(wasm, segments, address, length) {
  if (length > MAX_FILE_BYTES) return undefined;
  const segment = segments.find((segment) => address >= segment.address && address - segment.address + length <= segment.end - segment.start);
  if (!segment) return undefined;
  const start = segment.start + address - segment.address;
  return FILE.test(wasm.toString("latin1", start, start + length)) ? { start, end: start + length } : undefined;
}
