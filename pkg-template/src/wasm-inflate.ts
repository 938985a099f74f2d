/** Both ways by which the wasm comes have it deflated, so that it costs the same on every server, also on one that compresses nothing. */

export async function compileDeflated(deflated: ReadableStream): Promise<WebAssembly.Module> {
  const wasm = deflated.pipeThrough(new DecompressionStream("deflate-raw"));
  return WebAssembly.compile(await new Response(wasm).arrayBuffer());
}
