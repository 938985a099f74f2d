/** Every block of code in the documents is type-checked as an app's would be, and those that open a manager are run. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { launchChromium } from "../package/browser.mjs";
import { blocksOf, GUIDES, ROOT } from "./documents.mjs";
import { runBlock } from "./run.mjs";

const BOUND = { timeout: 120_000 };

const CODE = ["ts", "tsx", "js"];
/** What is no program of this package; a block in another language than these is a mistake. */
const OTHER = ["sh", "css"];

/** In it, because packages are found by the folders above. */
const FOLDER = `${ROOT}target/docs-code/`;

/** As an app has them; not the package's own, which are stricter than `strict`. */
const OPTIONS = {
  target: "es2022", lib: ["es2023", "dom", "dom.iterable"], module: "esnext", moduleResolution: "bundler", jsx: "react-jsx", types: [],
  strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, allowJs: true, checkJs: true, noEmit: true,
};

const blocks = GUIDES.flatMap(blocksOf);
const programs = blocks.filter(({ language }) => CODE.includes(language));

test("blocks are of a language that is checked", () => {
  assert.deepEqual(blocks.filter(({ language }) => ![...CODE, ...OTHER].includes(language)).map(placeOf), []);
  assert.ok(programs.length > 20, `${programs.length} programs`);
});

test("every program passes the compiler, in strict mode", BOUND, async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}tsconfig.json`, JSON.stringify({ compilerOptions: OPTIONS, include: ["."] }));
  writeFileSync(`${FOLDER}prelude.d.ts`, readFileSync(new URL("prelude.d.ts", import.meta.url)));
  writeFileSync(`${FOLDER}vite.d.ts`, 'declare module "*.css";\ninterface ImportMeta { env: { VITE_WEBSOCKET_URL: string } }\n');
  for (const program of programs) writeFileSync(FOLDER + nameOf(program), standingAlone(program));
  const compiled = await promisify(execFile)(`${ROOT}node_modules/.bin/tsc`, ["-p", FOLDER, "--pretty", "false"], { cwd: FOLDER }).catch(({ stdout }) => ({ stdout }));
  assert.equal(compiled.stdout, "");
});

const browser = await launchChromium();
after(() => browser.close());

const runnable = programs.filter(({ language, code }) => language !== "tsx" && /^const (sync|syncManager) = /m.test(code));
for (const program of runnable) {
  test(`${placeOf(program)} runs`, BOUND, (t) => runBlock(browser, t, program));
}

test("a program of each dialect is run", () => {
  for (const dialect of ["bitmarks", "glint", "typelets"]) assert.ok(runnable.filter(({ code }) => code.includes(`(${dialect}(`)).length >= 2, dialect);
});

function placeOf({ path, line }) {
  return `${path}:${line}`;
}

function nameOf({ path, line, language }) {
  return `${path.replaceAll(/[/.]/g, "-")}-${line}.${language}`;
}

/** What a block goes on from, an open manager of its document's dialect, is declared where it does not make it. */
function standingAlone({ path, code, language }) {
  const makes = /\bsync\b\s*(=|:)/.test(code);
  const dialect = path.includes("glint") ? "/glint" : path.includes("typelets") ? "/typelets" : "";
  const declared = makes || language === "js" || !/\bsync\b/.test(code) ? "" : `declare const sync: import("sealwire${dialect}").RealtimeSyncManager;`;
  const functions = /^\s*(bitmarks|glint|typelets)\(/m.test(code) && !code.includes("import {") ? `import { bitmarks } from "sealwire";` : "";
  // On the line of the fence, so that the compiler's line is one less than the block's.
  return `${functions}${declared} export {};\n${code}\n`;
}
