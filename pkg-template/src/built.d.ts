/** Modules, and a text, that `scripts/build-package.mjs` puts in place. */

declare module "built:engine" {
  /** A fresh instance of wasm-bindgen's glue; its wasm is not loaded yet. */
  export function createEngine(): import("./engine.ts").Engine;
}

declare module "built:wasm" {
  /** Compiles the engine: `wasm-embedded.ts` in the default entry, `wasm-file.ts` in the slim one. */
  export function compile(): Promise<WebAssembly.Module>;
}

/** The package's version. */
declare const VERSION: string;

/** The engine's wasm: raw deflate, then base64. In the default entry alone. */
declare const DEFLATED: string;
