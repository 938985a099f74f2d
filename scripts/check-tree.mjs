// Checks what no compiler sees: the repository stands by itself, and its files stay readable.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";

const MAX_LINES = 500;
const CODE = /\.(rs|ts|tsx|js|mjs|sh)$/;
const PROSE_OR_CODE = /\.(rs|ts|tsx|js|mjs|sh|toml|json|jsonc|html|css|md|yml)$|(^|\/)(Makefile|run)$/;
const GENERATED = /(^|\/)package-lock\.json$/;

// The parts are joined here, so that this file does not find itself.
const HOME_PATH = new RegExp(["(?<!file://)(/ho" + "me|/Us" + "ers)/[a-z]", "/ro" + "ot/", "[A-Z]:\\\\Us" + "ers"].join("|"));
const LEFT_OPEN = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X".repeat(3)].join("|")})\\b`);
const RELATIVE_PATH = /["'`(](\.\.\/[^"'`()\s?#]*)/g;

process.chdir(new URL("..", import.meta.url).pathname);

const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
const files = listed.split("\0").filter((file) => PROSE_OR_CODE.test(file) && !GENERATED.test(file) && existsSync(file));
const complaints = files.flatMap((file) => {
  const lines = readFileSync(file, "utf8").split("\n");
  const complaints = lines.flatMap((line, index) => faults(file, line).map((fault) => `${file}:${index + 1}: ${fault}`));
  if (CODE.test(file) && lines.length > MAX_LINES + 1) complaints.push(`${file}: ${lines.length - 1} lines, above ${MAX_LINES}: split it by concept`);
  return complaints;
});

function faults(file, line) {
  const faults = [];
  if (HOME_PATH.test(line)) faults.push("names a path of one machine");
  if (LEFT_OPEN.test(line)) faults.push("leaves something open: do it, or write it into the issue tracker");
  for (const [, path] of line.matchAll(RELATIVE_PATH)) {
    if (normalize(join(dirname(file), path)).startsWith("..")) faults.push(`${path} leads out of the repository`);
  }
  return faults;
}

for (const complaint of complaints) console.error(complaint);
console.log(`${files.length} files, ${complaints.length} complaints`);
process.exitCode = complaints.length > 0 ? 1 : 0;
