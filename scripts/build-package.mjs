// Makes the npm package in pkg/: wasm-pack's output in target/wasm, target/wasm-glint and target/wasm-typelets, behind the wrappers of pkg-template.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import zopfli from "@gfx/zopfli";
import { build } from "esbuild";
import { minify } from "terser";
import { buildEngineFactory, checkImports } from "./wasm-glue.mjs";
import { shrinkWasm } from "./wasm-shrink.mjs";

process.chdir(new URL("..", import.meta.url).pathname);

// Where the process fails, this package would show its own code instead of the error.
for (const event of ["uncaughtException", "unhandledRejection"]) process.removeAllListeners(event);

const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { encoding: "utf8" });
const { version, description, license } = JSON.parse(metadata).packages[0];

const BUNDLE = { bundle: true, write: false, minify: true, format: "esm", target: "es2022" };

// No function here is called with `new` or has a `this` of its own, so all may become arrow functions and methods. What is not moved into
// one place compresses better.
const COMPRESS = {
  passes: 4,
  unsafe_arrows: true,
  unsafe_methods: true,
  inline: 1,
  collapse_vars: false,
  hoist_funs: true,
  // What is written in one way compresses better than what is written in the shorter of two.
  lhs_constants: false,
  sequences: false,
  conditionals: false,
};

/** Fits wasm-pack's output in `folder` to the package. What comes of it is in `workFolder`. */
async function buildEngine(folder, workFolder) {
  mkdirSync(workFolder, { recursive: true });
  const { wasm, ...names } = shrinkWasm(readFileSync(`${folder}/sealwire_bg.wasm`), workFolder);
  const deflated = Buffer.from(await zopfli.deflateAsync(wasm, {}));
  writeFileSync(`${workFolder}/sealwire.deflate`, deflated);
  writeFileSync(`${workFolder}/engine.mjs`, await buildEngineFactory(folder, names));
  checkImports(wasm, (await import(`../${workFolder}/engine.mjs`)).createEngine);
  return { wasm, deflated };
}

/** A wrapper with the glue that `workFolder` has. */
async function buildEntry(entryPoint, workFolder, wasm) {
  const { outputFiles: [bundle] } = await build({
    ...BUNDLE,
    entryPoints: [`pkg-template/src/${entryPoint}`],
    alias: {
      "built:engine": `./${workFolder}/engine.mjs`,
      "built:wasm": wasm,
    },
    define: { VERSION: JSON.stringify(version) },
    external: ["./sealwire.wasm.deflate"],
  });
  const { code } = await minify(bundle.text, { module: true, ecma: 2020, compress: COMPRESS });
  return code;
}

/** What npm packages are within the entries that have any. */
const BUNDLED = { keys: ["@scure/bip39", "@noble/hashes"], software: ["@noble/ciphers", "@noble/hashes"] };

/** Hooks or components, which find React where the app has it. A server component may not have hooks: the first line tells frameworks so. */
async function buildReact(entryPoint) {
  const { outputFiles: [bundle] } = await build({
    ...BUNDLE,
    entryPoints: [`pkg-template/src/react/${entryPoint}`],
    jsx: "automatic",
    external: ["react", "react/jsx-runtime"],
    plugins: [{ name: "the hooks are a module of their own", setup: ({ onResolve }) => onResolve({ filter: /^\.\/index\.ts$/ }, () => ({ path: "./react.js", external: true })) }],
  });
  const { code } = await minify(bundle.text, { module: true, ecma: 2020, compress: COMPRESS });
  return `"use client";${code}`;
}

function bundledLicences() {
  const parts = Object.entries(BUNDLED).flatMap(([entry, names]) => names.map((name) => [name, entry]));
  return parts.map(([name, entry]) => `${name}, in ${entry}.js:\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`).join("\n");
}

/** An entry without the engine. */
async function buildAlone(entry) {
  const { metafile, outputFiles: [bundle] } = await build({
    ...BUNDLE,
    entryPoints: [`pkg-template/src/${entry}/index.ts`],
    legalComments: "eof",
    metafile: true,
  });
  const foreign = Object.keys(metafile.inputs).flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []);
  const unnamed = foreign.filter((name) => !BUNDLED[entry].includes(name));
  if (unnamed.length > 0) throw new Error(`${entry}.js bundles ${unnamed}, whose licence is not in LICENSE-BUNDLED`);
  return bundle.text;
}

function manifest() {
  const template = JSON.parse(readFileSync("pkg-template/package.json", "utf8"));
  return JSON.stringify({ name: template.name, version, description, license, ...template }, null, 2) + "\n";
}

const EMBEDDED = "./pkg-template/src/wasm-embedded.ts";
const FILE = "./pkg-template/src/wasm-file.ts";

const { wasm, deflated } = await buildEngine("target/wasm", "target/package");
const glintEngine = await buildEngine("target/wasm-glint", "target/package/glint");
const typeletsEngine = await buildEngine("target/wasm-typelets", "target/package/typelets");
const index = await buildEntry("index.ts", "target/package", EMBEDDED);
const slim = await buildEntry("index.ts", "target/package", FILE);
const glint = await buildEntry("glint/index.ts", "target/package/glint", EMBEDDED);
const typelets = await buildEntry("typelets/index.ts", "target/package/typelets", EMBEDDED);
const react = await buildReact("index.ts");
const reactStatus = await buildReact("components.ts");
const [keys, software] = await Promise.all(["keys", "software"].map(buildAlone));

rmSync("pkg", { recursive: true, force: true });
mkdirSync("pkg");
writeFileSync("pkg/sealwire.wasm", wasm);
writeFileSync("pkg/sealwire.wasm.deflate", deflated);
// Before the script, not within: compressed again for the way, code on both sides of so long a text would not see each other.
const embedding = (deflated, script) => `const DEFLATED="${deflated.toString("base64")}";${script}`;
writeFileSync("pkg/index.js", embedding(deflated, index));
writeFileSync("pkg/glint.js", embedding(glintEngine.deflated, glint));
writeFileSync("pkg/typelets.js", embedding(typeletsEngine.deflated, typelets));
writeFileSync("pkg/slim.js", slim);
writeFileSync("pkg/react.js", react);
writeFileSync("pkg/react-status.js", reactStatus);
cpSync("pkg-template/src/react.css", "pkg/react.css");
writeFileSync("pkg/keys.js", keys);
writeFileSync("pkg/software.js", software);

// In the package `types.d.ts` is that of the entry `index`.
for (const name of ["types", "bitmarks-messages", "status", "software", "glint", "typelets", "typelets-messages", "react", "react-status", "keys"]) {
  const types = readFileSync(`pkg-template/src/${name}.d.ts`, "utf8").replaceAll('"./types.d.ts"', '"./index.js"').replace(/"(\.\/[\w-]+)\.d\.ts"/g, '"$1.js"');
  writeFileSync(`pkg/${name === "types" ? "index" : name}.d.ts`, types);
}
writeFileSync("pkg/slim.d.ts", `export * from "./index.js";\n`);
cpSync("pkg-template/README.md", "pkg/README.md");
cpSync("LICENSE-MIT", "pkg/LICENSE-MIT");
cpSync("LICENSE-APACHE", "pkg/LICENSE-APACHE");
writeFileSync("pkg/LICENSE-BUNDLED", bundledLicences());

// Last, because it is what the Makefile takes for the whole package's date.
writeFileSync("pkg/package.json", manifest());
