// Makes wasm-pack's wasm smaller for the package. What it does in a browser stays the same.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { bySimilarity } from "./wasm-order.mjs";
import { silencePanics } from "./wasm-panics.mjs";
import { functions, nameFunctions, stripCustomSections } from "./wasm-sections.mjs";

/** `{ wasm, imports, exports }`: the module; each `{ module, long, short }` that it imports; and what its exports are now called. */
export function shrinkWasm(wasm, workFolder) {
  const optimized = wasmOpt(silencePanics(wasm), `${workFolder}/optimized.wasm`, ["-Oz", "-g"]);
  const ordered = wasmOpt(nameBySimilarity(optimized.wasm), `${workFolder}/ordered.wasm`, [
    "--optimize-level=2", "--shrink-level=2", "--reorder-functions-by-name", "--minify-imports-and-exports-and-modules",
  ]);
  const { imports, exports } = JSON.parse(ordered.printed);
  return {
    wasm: stripCustomSections(ordered.wasm),
    imports: imports.map(([module, long, short]) => ({ module, long, short })),
    exports: new Map(exports),
  };
}

function wasmOpt(wasm, file, options) {
  writeFileSync(file, wasm);
  const printed = execFileSync("node_modules/.bin/wasm-opt", [file, ...options, "-o", file], { encoding: "utf8" });
  return { wasm: readFileSync(file), printed };
}

// Names that sort as the functions shall stand, because wasm-opt can order by name.
function nameBySimilarity(wasm) {
  const bodies = functions(wasm).map(({ start, end }) => wasm.subarray(start, end));
  const names = [];
  bySimilarity(bodies).forEach((index, place) => (names[index] = String(place).padStart(6, "0")));
  return nameFunctions(wasm, names);
}
