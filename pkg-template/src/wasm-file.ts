/** The wasm as a file beside the module, found by every bundler that knows `new URL(…, import.meta.url)`. */

export async function compile(): Promise<WebAssembly.Module> {
  const response = await fetch(new URL("./sealwire.wasm", import.meta.url));
  if (!response.ok) throw new Error(`${response.status} for ${response.url}`);
  // Browsers stream only what is served under this type.
  return response.headers.get("Content-Type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
