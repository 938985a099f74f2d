// Makes the npm package in pkg/: wasm-pack's output in target/wasm, behind the wrapper of pkg-template.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";
import { stripCustomSections } from "./wasm-sections.mjs";

process.chdir(new URL("..", import.meta.url).pathname);

// wasm-bindgen keeps one engine in module variables. As a function, each call has its own: a crashed one can be replaced.
async function buildEngineFactory() {
  const { outputFiles: [iife] } = await build({
    stdin: {
      contents: `export { default, initSync, RealtimeSyncManager } from "./sealwire.js";`,
      resolveDir: "target/wasm",
    },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "engine",
    target: "es2022",
    // The wasm is always given, so the glue's own default address is never used.
    define: { "import.meta.url": "undefined" },
  });
  return `export function createEngine() {\n${iife.text}\nreturn engine;\n}\n`;
}

function buildEntry(outfile, wasm) {
  return build({
    entryPoints: ["pkg-template/src/index.ts"],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    alias: {
      "built:engine": "./target/package/engine.js",
      "built:deflated": "./target/package/sealwire.deflate",
      "built:wasm": wasm,
    },
    loader: { ".deflate": "base64" },
    external: ["./sealwire.wasm"],
  });
}

function manifest() {
  const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { encoding: "utf8" });
  const { version, description, license } = JSON.parse(metadata).packages[0];
  const template = JSON.parse(readFileSync("pkg-template/package.json", "utf8"));
  return JSON.stringify({ name: template.name, version, description, license, ...template }, null, 2) + "\n";
}

rmSync("pkg", { recursive: true, force: true });
mkdirSync("pkg");
mkdirSync("target/package", { recursive: true });

const wasm = stripCustomSections(readFileSync("target/wasm/sealwire_bg.wasm"));
writeFileSync("pkg/sealwire.wasm", wasm);
writeFileSync("target/package/sealwire.deflate", deflateRawSync(wasm, { level: 9 }));
writeFileSync("target/package/engine.js", await buildEngineFactory());
await buildEntry("pkg/index.js", "./pkg-template/src/wasm-embedded.ts");
await buildEntry("pkg/slim.js", "./pkg-template/src/wasm-file.ts");

cpSync("pkg-template/src/types.d.ts", "pkg/index.d.ts");
writeFileSync("pkg/slim.d.ts", `export * from "./index.js";\n`);
cpSync("pkg-template/README.md", "pkg/README.md");
cpSync("LICENSE-MIT", "pkg/LICENSE-MIT");
cpSync("LICENSE-APACHE", "pkg/LICENSE-APACHE");

// Last, because it is what the Makefile takes for the whole package's date.
writeFileSync("pkg/package.json", manifest());
