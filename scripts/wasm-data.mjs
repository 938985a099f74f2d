// Blanks texts in a wasm's memory that its code does not refer to any more: those of panics and formats that were taken out. wasm-opt cannot, for
// it does not know where in the memory one value ends and the next begins.

import { execFileSync } from "node:child_process";
import { dataSegments } from "./wasm-sections.mjs";

const MAX_PRINTED = 1 << 28;
const WORD_BYTES = 4;
/** Something of which most bytes are letters is a text; what else is no more referred to stays. */
const MIN_TEXT_BYTES = 8;
const MIN_LETTERS = 0.7;

/** A copy of the module in the file `after` without the texts that only the code of the one in `before` refers to; and how many bytes they had. */
export function blankUnread(wasm, before, after) {
  const blanked = Buffer.from(wasm);
  const segments = dataSegments(blanked);
  const words = wordsOf(blanked, segments);
  const [former, present] = [referencesOf(before), new Set([...referencesOf(after), ...words])];
  const starts = [...new Set([...former, ...present])].sort((one, other) => one - other);
  let bytes = 0;
  starts.forEach((address, index) => {
    if (present.has(address)) return;
    const segment = segments.find(({ address: first, start, end }) => first <= address && address < first + end - start);
    if (!segment) return;
    const from = segment.start + address - segment.address;
    const to = Math.min(segment.end, segment.start + (starts[index + 1] ?? Infinity) - segment.address);
    if (!isText(blanked.subarray(from, to))) return;
    blanked.fill(0, from, to);
    bytes += to - from;
  });
  return { wasm: blanked, bytes };
}

/** All numbers in the code that may be an address, or an offset from one; two that were put together into 64 bits as well. */
function referencesOf(file) {
  const text = execFileSync("node_modules/.bin/wasm-opt", [file, "--all-features", "--print", "-o", "/dev/null"], { encoding: "utf8", maxBuffer: MAX_PRINTED });
  const numbers = Array.from(text.matchAll(/(?:i32\.const |offset=)(-?\d+)/g), ([, number]) => Number(number));
  const pairs = Array.from(text.matchAll(/i64\.const (-?\d+)/g), ([, number]) => BigInt.asUintN(64, BigInt(number)));
  if (numbers.length === 0) throw new Error(`wasm-opt has printed no numbers of ${file}: has its text another form now?`);
  return new Set([...numbers, ...pairs.flatMap((pair) => [Number(pair & 0xffff_ffffn), Number(pair >> 32n)])]);
}

/** All words of the memory, any of which may be an address. */
function wordsOf(wasm, segments) {
  const words = new Set();
  for (const { address, start, end } of segments) {
    const first = (WORD_BYTES - (address % WORD_BYTES)) % WORD_BYTES;
    for (let at = start + first; at + WORD_BYTES <= end; at += WORD_BYTES) words.add(wasm.readUInt32LE(at));
  }
  return words;
}

function isText(bytes) {
  const letters = bytes.filter((byte) => byte >= 0x20 && byte < 0x7f).length;
  return bytes.length >= MIN_TEXT_BYTES && letters >= MIN_LETTERS * bytes.length;
}
