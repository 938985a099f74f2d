// A browser with a profile of its own, as one of a user's devices. What it can do, every engine can.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What an engine has to give: `launch(profile)` starts the browser with a profile's folder, and resolves to `{ version, open(url), close(), kill() }`. `open`
 * resolves to a tab: `evaluate(body, argument)` calls a function in its page, both ways by JSON; `goto(url)`; `close()`. `kill` ends it as a power cut does.
 */
export class Device {
  /** What a user would find in the console, of pages that are gone. */
  problems = [];
  #engine;
  #profile;
  #browser;
  #tabs = new Set();

  static async start(engine) {
    const device = new Device();
    device.#engine = engine;
    device.#profile = await mkdtemp(join(tmpdir(), "sealwire-device-"));
    await device.#launch();
    return device;
  }

  get version() {
    return this.#browser.version;
  }

  /** Opens a page, waits until it has loaded, and runs `prepare` in it, which `reload` does again. */
  async open(url, prepare, argument) {
    const tab = await this.#browser.open(url);
    const ready = async () => {
      await tab.evaluate(loaded);
      await tab.evaluate(prepare, argument);
    };
    const leave = async () => void this.problems.push(...(await tab.evaluate(() => globalThis.problems)));
    await ready();
    const opened = {
      evaluate: tab.evaluate,
      reload: async () => {
        await leave();
        await tab.goto(url);
        await ready();
      },
      close: async () => {
        await leave();
        this.#tabs.delete(opened);
        await tab.close();
      },
    };
    this.#tabs.add(opened);
    return opened;
  }

  async closeTabs() {
    for (const tab of this.#tabs) await tab.close();
  }

  /** Closes the browser, and starts it again with its profile. */
  async restart() {
    await this.closeTabs();
    await this.#browser.close();
    await this.#launch();
  }

  async kill() {
    this.#tabs.clear();
    await this.#browser.kill();
    await this.#launch();
  }

  async remove() {
    await this.#browser.close();
    await rm(this.#profile, { recursive: true, force: true });
  }

  async #launch() {
    this.#browser = await this.#engine.launch(this.#profile);
  }
}

async function loaded() {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (globalThis.sealwire) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the page has not loaded the package: ${globalThis.problems}`);
}
