// WebKitGTK by its own WebDriver, on a display that nobody sees.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import webdriver from "selenium-webdriver";
import { eventually } from "../../browser/poll.mjs";
import { ended, killGroup } from "../../browser/processes.mjs";

/** Longer than any story: each has a bound of its own. */
const STORY_MS = 300_000;
const BROWSER = fileURLToPath(new URL("webkit-window.js", import.meta.url));

export const WEBKIT = {
  name: "WebKit",
  async launch(profile) {
    const display = await startDisplay();
    const port = await freePort();
    const service = spawn("WebKitWebDriver", ["--host=127.0.0.1", `--port=${port}`], {
      // It leads the group of the browser and of all that the browser starts.
      detached: true,
      stdio: "ignore",
      env: { ...process.env, DISPLAY: display.name, GDK_BACKEND: "x11", WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
    });
    const endAll = () => {
      killGroup(service.pid);
      display.end();
    };
    process.once("exit", endAll);
    const kill = async () => {
      process.off("exit", endAll);
      endAll();
      await ended(service.pid);
    };
    const address = `http://127.0.0.1:${port}`;
    await eventually("WebKit's driver", () => fetch(`${address}/status`).then(({ ok }) => ok, () => false));
    const driver = await new webdriver.Builder().usingServer(address).withCapabilities({
      browserName: "Sealwire",
      "webkitgtk:browserOptions": { binary: process.env.GJS ?? "/usr/bin/gjs", args: [BROWSER, profile] },
    }).build();
    const session = new Session(driver, await driver.getWindowHandle());
    return {
      version: (await driver.getCapabilities()).get("browserVersion"),
      open: (url) => session.open(url),
      async close() {
        // It ends the browser, which has written what it keeps.
        await driver.quit();
        await kill();
      },
      kill,
    };
  },
};

/** A driver turns to one window at a time, so that everything waits for its turn. */
class Session {
  #driver;
  /** The first window, which stays: the last one's end would be the browser's. */
  #first;
  #turn = Promise.resolve();

  constructor(driver, first) {
    this.#driver = driver;
    this.#first = first;
  }

  async open(url) {
    const handle = await this.#take(async () => {
      await this.#driver.switchTo().window(this.#first);
      await this.#driver.switchTo().newWindow("window");
      return this.#driver.getWindowHandle();
    });
    const inWindow = (work) => this.#take(async () => {
      await this.#driver.switchTo().window(handle);
      return work();
    });
    const tab = {
      evaluate: (body, argument) => evaluate((...script) => inWindow(() => this.#driver.executeScript(...script)), body, argument),
      goto: (url) => inWindow(async () => {
        await this.#driver.executeScript(() => void (globalThis.isLeft = true));
        await this.#driver.get(url);
        // To the page's own address the driver does not wait.
        await eventually("another page", () => this.#driver.executeScript(() => !globalThis.isLeft));
      }),
      close: () => inWindow(() => this.#driver.close()),
    };
    await tab.goto(url);
    return tab;
  }

  #take(work) {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** Starts it in the page and asks how far it is: another window can have its turn meanwhile. */
async function evaluate(execute, body, argument) {
  const number = await execute((source, argument) => {
    const evaluation = {};
    // Not direct, so that it sees the page's names and none of these.
    (async () => (0, eval)(`(${source})`)(argument))().then(
      (value) => (evaluation.ended = { value }),
      (error) => (evaluation.ended = { error: `${error}\n${error?.stack}` }),
    );
    return (globalThis.evaluations ??= []).push(evaluation) - 1;
  }, String(body), argument);
  const { value, error } = await eventually("what a page evaluates", () => execute((number) => globalThis.evaluations[number].ended, number), { bound: STORY_MS });
  if (error !== undefined) throw new Error(error);
  return value ?? undefined; // The driver has no other word for nothing.
}

/** A display with a number that is free. */
async function startDisplay() {
  const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const [number] = await Promise.race([
    once(server.stdio[3], "data"),
    once(server, "exit").then(() => Promise.reject(new Error("Xvfb did not start"))),
  ]);
  return { name: `:${String(number).trim()}`, end: () => server.kill() };
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}
