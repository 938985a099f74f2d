// Makes wasm-pack's wasm smaller for the package. What it does in a browser stays the same.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { bySimilarity } from "./wasm-order.mjs";
import { blankUnread } from "./wasm-data.mjs";
import { silenceFormatting, silencePanics } from "./wasm-panics.mjs";
import { functions, keepFunctionNames, nameFunctions, stripCustomSections } from "./wasm-sections.mjs";

// As in Cargo.toml. Functions that are called once stay functions: standing beside those that they are like they compress better than within
// their caller. Below 1024 lies the far end of the stack alone.
const LAYOUT = ["--one-caller-inline-max-function-size=20", "--low-memory-unused"];
const MAX_PRINTED = 1 << 26;
const OPTIMIZE = ["-Oz", "-g", ...LAYOUT];

/** `{ wasm, imports, exports }`: the module; each `{ module, long, short }` that it imports; and what its exports are now called. */
export function shrinkWasm(wasm, workFolder) {
  const silent = wasmOpt(keepFunctionNames(silencePanics(wasm)), `${workFolder}/silent.wasm`, [...OPTIMIZE, "--print-call-graph"]);
  const optimized = wasmOpt(silenceFormatting(silent.wasm, silent.printed), `${workFolder}/optimized.wasm`, OPTIMIZE);
  const ordered = wasmOpt(nameBySimilarity(optimized.wasm), `${workFolder}/ordered.wasm`, [
    "--optimize-level=2", "--shrink-level=2", ...LAYOUT, "--reorder-functions-by-name", "--minify-imports-and-exports-and-modules",
  ]);
  const { imports, exports } = JSON.parse(ordered.printed);
  writeFileSync(`${workFolder}/built.wasm`, wasm);
  const unread = blankUnread(ordered.wasm, `${workFolder}/built.wasm`, `${workFolder}/ordered.wasm`);
  if (unread.bytes === 0) throw new Error("the wasm has no text that is not read any more: do panics keep theirs elsewhere now?");
  return {
    wasm: stripCustomSections(unread.wasm),
    imports: imports.map(([module, long, short]) => ({ module, long, short })),
    exports: new Map(exports),
  };
}

function wasmOpt(wasm, file, options) {
  writeFileSync(file, wasm);
  const printed = execFileSync("node_modules/.bin/wasm-opt", [file, ...options, "-o", file], { encoding: "utf8", maxBuffer: MAX_PRINTED });
  return { wasm: readFileSync(file), printed };
}

// Names that sort as the functions shall stand, because wasm-opt can order by name.
function nameBySimilarity(wasm) {
  const bodies = functions(wasm).map(({ start, end }) => wasm.subarray(start, end));
  const names = [];
  bySimilarity(bodies).forEach((index, place) => (names[index] = String(place).padStart(6, "0")));
  return nameFunctions(wasm, names);
}
