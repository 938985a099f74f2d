// Makes docs/demo.png: two devices side by side, the one of them offline, and what went over the wire.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Desk } from "../tests/browser/demo-together/desk.mjs";
import { openProfile } from "../tests/browser/profile.mjs";
import { startServer } from "../tests/worker/server.mjs";

const PICTURE = fileURLToPath(new URL("../docs/demo.png", import.meta.url));
const BOOKMARKS = ["Tide tables for the coast", "A field guide to knots", "Bread without kneading"];

const server = await startServer();
const profile = await openProfile();
try {
  const { page } = profile;
  await page.setViewportSize({ width: 1280, height: 1020 });
  const desk = new Desk(profile);
  const { a, b } = desk;
  await desk.open(server.origin);
  await a.press("Create an account");
  await a.press("I have written it down");
  await Promise.all([a.isLive(), b.isLive()]);
  for (const title of BOOKMARKS) {
    await a.addBookmark(title);
    await b.has("bookmark", title);
  }
  await b.turn("Offline", true);
  await b.addBookmark("How a lock keeper works");
  await b.has("bookmark", "How a lock keeper works", "pending");
  await page.getByText("1 to be sent").waitFor();
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement.blur());
  await mkdir(new URL("../docs", import.meta.url), { recursive: true });
  await page.screenshot({ path: PICTURE });
} finally {
  await profile.remove();
  await server.stop();
}
