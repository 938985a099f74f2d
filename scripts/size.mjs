// Prints what a page loads, as gzip bytes, against budget.json, and the largest functions of each wasm. Fails above a budget.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { functions } from "./wasm-sections.mjs";

const LARGEST = 15;
const NAME_WIDTH = 90;

process.chdir(new URL("..", import.meta.url).pathname);

const gzipBytes = (content) => gzipSync(content, { level: 9 }).length;
const column = (value) => value.toLocaleString("en").padStart(9);

// An entry in which the wasm is one text within the JavaScript; what it adds there is its share.
function embeddingEntry(entry, file, workFolder) {
  const script = readFileSync(file, "utf8");
  const embedded = readFileSync(`${workFolder}/sealwire.deflate`).toString("base64");
  const rest = gzipBytes(script.replace(embedded, ""));
  if (!script.includes(embedded)) throw new Error(`${file} does not hold the wasm in ${workFolder}: run \`make build\``);
  return { entry, wasm: gzipBytes(script) - rest, script: rest };
}

function slimEntry() {
  return { entry: "slim", wasm: readFileSync("pkg/sealwire.wasm.deflate").length, script: gzipBytes(readFileSync("pkg/slim.js")) };
}

function printLargest(module) {
  const sizes = functions(readFileSync(`${module}/sealwire_bg.wasm`)).map(({ name, start, end }) => ({ name, bytes: end - start }));
  const code = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`\nThe largest of ${sizes.length} functions in ${module}, ${code.toLocaleString("en")} bytes of code before gzip:`);
  for (const { name, bytes } of sizes.sort((a, b) => b.bytes - a.bytes).slice(0, LARGEST)) {
    console.log(`${column(bytes)}  ${((100 * bytes) / code).toFixed(1).padStart(4)} %  ${name.slice(0, NAME_WIDTH)}`);
  }
}

const entries = [
  embeddingEntry("default", "pkg/index.js", "target/package"),
  slimEntry(),
  embeddingEntry("glint", "pkg/glint.js", "target/package/glint"),
  embeddingEntry("typelets", "pkg/typelets.js", "target/package/typelets"),
];
const { ceiling, ...budgets } = JSON.parse(readFileSync("budget.json", "utf8"));
const complaints = [];

console.log("gzip bytes       wasm    script       sum    budget");
for (const { entry, wasm, script } of entries) {
  const budget = budgets[entry];
  console.log(entry.padEnd(12) + [wasm, script, wasm + script, budget].map(column).join(" "));
  if (budget > ceiling) complaints.push(`budget.json: the budget of \`${entry}\`, ${budget}, is above the ceiling of ${ceiling}`);
  if (wasm + script > budget) complaints.push(`\`${entry}\` is ${wasm + script - budget} bytes above its budget of ${budget}`);
}

for (const module of ["target/wasm", "target/wasm-glint", "target/wasm-typelets"]) printLargest(module);

for (const complaint of complaints) console.error(`\nTOO LARGE: ${complaint}`);
process.exitCode = complaints.length > 0 ? 1 : 0;
