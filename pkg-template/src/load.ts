/** Starts the engine: once for a page, and anew after a crash. */

import { createEngine } from "built:engine";
import { compile } from "built:wasm";
import type { Engine } from "./engine.ts";
import { ownError, type SyncError } from "./errors.ts";

let compiled: Promise<WebAssembly.Module> | undefined;
let running: Promise<Engine> | undefined;

/** The page's engine; the first call starts it. Rejects with `wasm_failed`, and then the next call tries again. */
export function loadEngine(): Promise<Engine> {
  running ??= start();
  return running;
}

async function start(): Promise<Engine> {
  try {
    const module = await (compiled ??= compile());
    const engine = createEngine();
    engine.start(await WebAssembly.instantiate(module, engine.imports()));
    return engine;
  } catch (cause) {
    compiled = running = undefined;
    throw wasmFailed(cause);
  }
}

/** Does nothing where the engine is running, or starting already. */
export function initSync(bytes: BufferSource): void {
  if (running) return;
  try {
    const module = new WebAssembly.Module(bytes);
    const engine = createEngine();
    engine.start(new WebAssembly.Instance(module, engine.imports()));
    compiled = Promise.resolve(module);
    running = Promise.resolve(engine);
  } catch (cause) {
    throw wasmFailed(cause);
  }
}

/** Lets go of an engine that has crashed, so that the next manager starts on a fresh one. Harmless when repeated. */
export function forgetEngine(crashed: Promise<Engine>): void {
  if (running === crashed) running = undefined;
}

function wasmFailed(cause: unknown): SyncError {
  return ownError("wasm_failed", { detail: String(cause).slice(0, 200) });
}
