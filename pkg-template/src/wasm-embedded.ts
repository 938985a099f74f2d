/** The wasm inside the JavaScript: no file beside the module that a bundler could lose. */

import { compileDeflated } from "./wasm-inflate.ts";

export async function compile(): Promise<WebAssembly.Module> {
  const deflated = Uint8Array.from(atob(DEFLATED), (character) => character.charCodeAt(0));
  return compileDeflated(new Blob([deflated]).stream());
}
