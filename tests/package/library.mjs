// A page that has loaded the package as `sealwire`, for tests that call it.

import { launchChromium, openPage, pageOf, serve } from "./browser.mjs";
import { installPackage } from "./install.mjs";

const load = (entry) => `
  import * as sealwire from "./node_modules/sealwire/${entry}.js";
  globalThis.sealwire = sealwire;
  globalThis.url = new URL("/api/v1/sync/realtime", location.href.replace(/^http/, "ws")).href;
  globalThis.options = () => sealwire.bitmarks({ url, userId: "user_1", key: new Uint8Array(32).fill(7) });
  globalThis.positional = () => new sealwire.RealtimeSyncManager("user_1", "device_1", new Uint8Array(32).fill(7), { url });
  globalThis.codeOf = async (call) => {
    try {
      await call();
      return "nothing thrown";
    } catch (error) {
      if (!(error instanceof sealwire.SyncError)) return String(error);
      return error.option ? [error.code, error.option].join(" ") : error.code;
    }
  };
`;

const loadGlint = `
  ${load("glint")}
  globalThis.options = () => sealwire.glint({ origin: location.origin, teamId: "team_1", setId: "inbox", me: { id: "user_1" } });
`;

const loadTypelets = `
  ${load("typelets")}
  globalThis.url = "ws://127.0.0.1:1/";
  globalThis.options = () => sealwire.typelets({ url, userId: "user_1", getToken: () => "token", masterPassword: "horse" });
`;

/** `open("index")`, and so with each of the other entries that have an engine, gives a page whose storage is empty and whose engine has not started. */
export async function libraryPages() {
  const { project, remove } = await installPackage({
    "index.html": pageOf("./index.js"),
    "slim.html": pageOf("./slim.js"),
    "glint.html": pageOf("./glint.js"),
    "typelets.html": pageOf("./typelets.js"),
    "index.js": load("index"),
    "slim.js": load("slim"),
    "glint.js": loadGlint,
    "typelets.js": loadTypelets,
  });
  const server = await serve(project);
  const browser = await launchChromium();
  return {
    open: (entry) => openPage(browser, `${server.origin}/${entry}.html`),
    async close() {
      await browser.close();
      server.close();
      await remove();
    },
  };
}
