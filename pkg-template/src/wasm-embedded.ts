/** The wasm inside the JavaScript: no file beside the module that a bundler could lose. */

export async function compile(): Promise<WebAssembly.Module> {
  const deflated = Uint8Array.from(atob(DEFLATED), (character) => character.charCodeAt(0));
  const wasm = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return WebAssembly.compile(await new Response(wasm).arrayBuffer());
}
