// Devices of one account of the repository's own server, each with a browser context of its own.

import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../worker/server.mjs";
import { Writer } from "../../worker/typelets/client.mjs";
import { PACKAGE, PAGE, prepare } from "../typelets/page.mjs";
import { masterKey, openNote, sealNote } from "../typelets/sealing.mjs";
import { recordTypelets } from "../typelets/wire.mjs";

export const PASSWORD = "canary password Xochipilli";

/** Starts the server with a page that has the package, and lets it be told to misbehave; `stop()` ends it. */
export async function startWorker() {
  const assets = await mkdtemp(join(tmpdir(), "sealwire-typelets-"));
  await copyFile(PACKAGE, join(assets, "typelets.js"));
  await writeFile(join(assets, "index.html"), PAGE);
  const server = await startServer({ assets, vars: { FAULTS: "allowed" } });
  return {
    ...server,
    async stop() {
      await server.stop();
      await rm(assets, { recursive: true, force: true });
    },
  };
}

/** A new account: over REST, as another client has it, and with as many devices as are opened. */
export async function openAccount(browser, t, server) {
  return new Account(browser, t, server, await Writer.join(server));
}

class Account {
  #browser;
  #t;
  #server;
  #key;

  constructor(browser, t, server, writer) {
    this.#browser = browser;
    this.#t = t;
    this.#server = server;
    this.writer = writer;
    this.id = writer.id;
  }

  get key() {
    return (this.#key ??= masterKey(this.id, PASSWORD));
  }

  setFaults(faults) {
    return this.writer.setFaults(faults);
  }

  /** Writes a note as the service's own client does. */
  makeNote(fields) {
    return this.writer.expect(201, "POST", "/notes", sealNote(this.key, { content: "", ...fields }));
  }

  /** Saves texts of a note, as the service's own client does. */
  saveNote(id, texts) {
    return this.writer.expect(200, "PUT", `/notes/${id}`, sealNote(this.key, texts));
  }

  /** All rows, as the server has them. */
  async rows() {
    const pages = [];
    do pages.push(await this.writer.expect(200, "GET", `/notes?limit=50&page=${pages.length + 1}`));
    while (pages.at(-1).pagination.pages > pages.length);
    return pages.flatMap(({ notes }) => notes);
  }

  /** All notes, opened; throws where one does not open. */
  async notes() {
    return (await this.rows()).map((row) => ({ ...row, ...openNote(this.key, row) }));
  }

  async folders() {
    return (await this.writer.expect(200, "GET", "/folders?limit=50")).folders;
  }

  /** A device with storage of its own. `proxy`: it comes by way of that. `options` are the manager's. */
  async openDevice({ proxy = this.#server, options = {} } = {}) {
    const context = await this.#browser.newContext();
    this.#t.after(() => context.close());
    const [name, value] = this.writer.user.cookie.split("=");
    await context.addCookies([{ name, value, url: proxy.origin, httpOnly: true, sameSite: "Strict" }]);
    const at = (path) => `${proxy.origin}/typelets${path}`;
    const url = `${at(`/ws?user_id=${this.id}`).replace("http", "ws")}`;
    const given = { url, api: at("/api"), userId: this.id, masterPassword: PASSWORD, ...options };
    await context.addInitScript(prepare, { options: given, tokenRoute: at("/demo/token") });
    const openTab = async () => {
      const page = await context.newPage();
      const problems = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      const wire = recordTypelets(page);
      const reload = async () => {
        await page.goto(proxy.origin);
        await page.waitForFunction(() => globalThis.sealwire !== undefined);
      };
      await reload();
      return { page, problems, wire, reload };
    };
    return { context, openTab, ...(await openTab()) };
  }

  /** Such devices, connected. */
  async openLive(count, options) {
    const devices = [];
    for (let opened = 0; opened < count; opened++) devices.push(await this.openDevice({ options }));
    for (const { page } of devices) await page.evaluate(() => connect("live"));
    return devices;
  }
}
