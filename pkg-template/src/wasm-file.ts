/** The wasm as a file beside the module, found by every bundler that knows `new URL(…, import.meta.url)`. */

import { compileDeflated } from "./wasm-inflate.ts";

export async function compile(): Promise<WebAssembly.Module> {
  const { ok, status, url, body } = await fetch(new URL("./sealwire.wasm.deflate", import.meta.url));
  if (!ok || !body) throw new Error(`${status} for ${url}`);
  return compileDeflated(body);
}
