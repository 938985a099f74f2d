// Makes docs/demo.png: the demo in a browser, with the sample imported and the server's side of it beside.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Demo } from "../tests/browser/demo.mjs";
import { openProfile } from "../tests/browser/profile.mjs";
import { startServer } from "../tests/worker/server.mjs";

const PICTURE = fileURLToPath(new URL("../docs/demo.png", import.meta.url));
const ROWS = 2034;

const server = await startServer();
const profile = await openProfile();
try {
  const { page } = profile;
  const demo = await Demo.createAccount(page, server.origin);
  await demo.importSample();
  await demo.isSettled();
  await demo.serverPanel(ROWS);
  await demo.press("Programming 782");
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement.blur());
  await mkdir(new URL("../docs", import.meta.url), { recursive: true });
  await page.screenshot({ path: PICTURE });
} finally {
  await profile.remove();
  await server.stop();
}
