// Fits wasm-bindgen's glue to the wasm that wasm-shrink.mjs makes of its own.

import { readFileSync } from "node:fs";
import { build } from "esbuild";

const BINDGEN = "./sealwire_bg.js"; // the module that most imports are from
const SHORT_MODULE = "a"; // wasm-opt says that all imports are from this one

const BETWEEN_US = [
  "becomeReady", "whenReady", "hasKey", "replyChanges", "replyWith", "setStatus", "settled", "rejected", "wedgedAs", "refuse", "stored", "found", "gone", "report",
  "readPage", "loadKeys", "keepKeys", "takeBytes", "hold", "release", "settle", "onCrash", "offCrash", "refuseWith", "elect", "resign", "hint", "tellForgotten",
  "arm", "disarm", "subkeys", "inputs", "stores", "decide", "isProven", "hasChanges", "tell", "complain", "waiting", "become", "remember", "listeners", "isOver", "isOne",
];

/**
 * A module with `createEngine()`. wasm-bindgen keeps one engine in module variables; as a function, each call has its own: a crashed
 * one can be replaced. `imports` and `exports` are as `shrinkWasm` returns them.
 */
export async function buildEngineFactory(folder, { imports, exports }) {
  const { outputFiles: [bundle] } = await build({
    stdin: {
      contents: `
        import { __wbg_get_imports, __wbg_finalize_init, RealtimeSyncManager } from "./sealwire.js";
        engine = { imports: __wbg_get_imports, start: __wbg_finalize_init, RealtimeSyncManager };
      `,
      resolveDir: folder,
    },
    plugins: [loading(/\bsealwire\.js$/, (glue) => fitted(glue, imports, exports))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    // The names of the imports, others that only wasm-bindgen uses, and those that Rust and the scripts of the browser layer call each other by.
    mangleProps: new RegExp(`^(__?wb\\w+|__wrap|__destroy_into_raw|${BETWEEN_US.join("|")})$`),
    mangleCache: Object.fromEntries(imports.map(({ long, short }) => [long, short])),
  });
  return `export function createEngine() {\nlet engine;\n${bundle.text}\nreturn engine;\n}\n`;
}

/** Throws where the wasm imports something that the engine's glue does not have under this name. */
export function checkImports(wasm, createEngine) {
  new WebAssembly.Instance(new WebAssembly.Module(wasm), createEngine().imports());
}

function loading(filter, change) {
  return { name: "change", setup: ({ onLoad }) => onLoad({ filter }, ({ path }) => ({ contents: change(readFileSync(path, "utf8")) })) };
}

function fitted(glue, imports, exports) {
  const elsewhere = imports.filter(({ module }) => module !== BINDGEN);
  return [
    // The wrapper instantiates the wasm itself; without these exports esbuild leaves out the glue's ways to do it.
    [/export \{ initSync, __wbg_init as default \};/, () => "export { __wbg_get_imports, __wbg_finalize_init };"],
    [/return \{\s*__proto__: null,((?:\s*"[^"]+": import\d+,)+)\s*\};/, (_, modules) => {
      const variables = new Map([...modules.matchAll(/"(.+?)": (\w+)/g)].map(([, module, variable]) => [module, variable]));
      const others = elsewhere.map(({ module, long, short }) => `${short}: ${variables.get(module)}.${long}`);
      return `return { ${SHORT_MODULE}: { ${[`...${variables.get(BINDGEN)}`, ...others]} } };`;
    }],
    // A browser that runs this wasm has them: it knows references of JavaScript as values.
    [/^if \(!\('encodeInto' in cachedTextEncoder\)\) \{$.+?^\}$/ms, () => ""],
    // As short as it can be said: a copy of a text more, and a view of the memory for each number, are not felt.
    [/if \(realloc === undefined\) \{(.+?)^ {4}\}.+?^\}$/ms, (_, short) => `${short}}`],
    [/(?<=function getDataViewMemory0\(\) \{).+?^\}$/ms, () => "return new DataView(wasm.memory.buffer); }"],
    [/\(typeof FinalizationRegistry === 'undefined'\)\s*\? \{ register: \(\) => \{\}, unregister: \(\) => \{\} \}\s*: /g, () => ""],
    [/(?<=\bwasm\.)\w+/g, (name) => exports.get(name) ?? fail(`the glue uses wasm.${name}, which the wasm does not export`)],
  ].reduce(replaced, glue);
}

function replaced(source, [pattern, by]) {
  return pattern.test(source) ? source.replace(pattern, by) : fail(`wasm-bindgen's glue has no ${pattern}`);
}

function fail(message) {
  throw new Error(`${message}: see scripts/wasm-glue.mjs`);
}
