import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("../../www-demo/worker", import.meta.url));
const BUILT_APP = fileURLToPath(new URL("../../www-demo/app/dist", import.meta.url));
const WRANGLER = createRequire(import.meta.url).resolve("wrangler/bin/wrangler.js");
const START_MS = 60_000;
const STOP_MS = 5_000;

/**
 * Starts the worker under `wrangler dev` and resolves when it answers.
 *
 * @param {object} [options]
 * @param {string} [options.persist] where it keeps its data; default: a directory that `stop()` removes
 * @param {number} [options.port] default: a free one
 * @param {string} [options.assets] the pages to serve; default: the built demo app, or an empty page where it is not built
 * @param {Record<string, string | number>} [options.vars] replace those of wrangler.jsonc
 * @returns {Promise<{ origin: string, persist: string, stop(): Promise<void>, restart(vars?: typeof options.vars): Promise<void> }>}
 *   `restart` keeps the data and the origin
 */
export async function startServer({ persist, port, assets, vars = {} } = {}) {
  const scratch = await mkdtemp(join(tmpdir(), "sealwire-worker-"));
  persist ??= join(scratch, "data");
  port ??= await freePort();
  assets ??= existsSync(BUILT_APP) ? BUILT_APP : await emptyPage(scratch);
  const origin = `http://127.0.0.1:${port}`;

  let running = await launch({ persist, port, assets, vars, scratch, origin });
  return {
    origin,
    persist,
    async stop() {
      await running.stop();
      await rm(scratch, { recursive: true, force: true });
    },
    async restart(replaced = vars) {
      await running.stop();
      running = await launch({ persist, port, assets, vars: replaced, scratch, origin });
    },
  };
}

async function launch({ persist, port, assets, vars, scratch, origin }) {
  const args = [WRANGLER, "dev", "--ip", "127.0.0.1", "--port", port, "--inspector-port", 0, "--persist-to", persist, "--assets", assets];
  for (const [name, value] of Object.entries(vars)) args.push("--var", `${name}:${value}`);
  const wrangler = spawn(process.execPath, [...args.map(String), "--show-interactive-dev-session=false"], {
    cwd: WORKER,
    // A process group of its own: wrangler starts the runtime as a child, and both have to end.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_LOG_PATH: join(scratch, "logs"),
      WRANGLER_REGISTRY_PATH: join(scratch, "registry"),
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
  const exited = once(wrangler, "exit");
  const spare = dieTogether(wrangler.pid);
  const stop = async () => {
    killGroup(wrangler.pid, "SIGTERM");
    await Promise.race([exited, sleep(STOP_MS, undefined, { ref: false })]);
    killGroup(wrangler.pid, "SIGKILL");
    await exited;
    spare();
  };

  let output = "";
  for (const stream of [wrangler.stdout, wrangler.stderr]) stream.on("data", (chunk) => (output = (output + chunk).slice(-4000)));
  const deadline = Date.now() + START_MS;
  while (!(await answers(origin))) {
    if (wrangler.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`wrangler dev did not start; it printed:\n${output}`);
    }
    await sleep(50);
  }
  return { stop };
}

/** Only this worker tells on this route that there is no session; another server on the port would not. */
async function answers(origin) {
  try {
    const response = await fetch(`${origin}/api/v1/sync/status`);
    await response.arrayBuffer();
    return response.status === 401;
  } catch {
    return false;
  }
}

/** Kills the group when this process ends, also by a signal, which a group of its own does not get. Returns what undoes that. */
function dieTogether(group) {
  const kill = () => killGroup(group, "SIGKILL");
  const killAndPassOn = (signal) => {
    kill();
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  process.once("exit", kill);
  for (const signal of signals) process.once(signal, killAndPassOn);
  return () => {
    process.off("exit", kill);
    for (const signal of signals) process.off(signal, killAndPassOn);
  };
}

function killGroup(group, signal) {
  try {
    process.kill(-group, signal);
  } catch (fault) {
    if (fault.code !== "ESRCH") throw fault;
  }
}

/** Below the ports that a system hands out by itself: wrangler takes several of those before it opens ours. */
async function freePort() {
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error("no free port was found between 20000 and 32000");
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

async function emptyPage(scratch) {
  const assets = join(scratch, "assets");
  await mkdir(assets);
  await writeFile(join(assets, "index.html"), "<!doctype html><title>Sealwire</title>\n");
  return assets;
}
