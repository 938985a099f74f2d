// Runs the measurements in Chromium and prints them. README.md says what they mean.

import { fileURLToPath } from "node:url";
import { launchChromium, openPage, serve } from "../tests/package/browser.mjs";

const SIZES = { "256 B": 256, "4 KB": 4_096, "64 KB": 65_536, "767 KiB": 767 * 1_024 };

/** The clock of a page has steps of 5 µs where it is isolated from others, and of 100 µs elsewhere. */
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const server = await serve(fileURLToPath(new URL("..", import.meta.url)), ISOLATED);
const browser = await launchChromium();
try {
  const { page, problems } = await openPage(browser, `${server.origin}/benches/page.html`);
  for (const url of ["/benches/sealing.js", "/benches/reading.js"]) await page.addScriptTag({ url, type: "module" });
  await page.waitForFunction(() => globalThis.sealing && globalThis.reading);
  const rows = [];
  for (const [name, size] of Object.entries(SIZES)) {
    const { sealing, opening } = await page.evaluate((size) => sealing(size), size);
    rows.push(["seal", name, size, sealing], ["open", name, size, opening]);
    rows.push(["get", name, size, await page.evaluate((size) => reading(size), size)]);
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  print(rows.sort(([one], [other]) => "seal open get".indexOf(one) - "seal open get".indexOf(other)));
} finally {
  await browser.close();
  server.close();
}

function print(rows) {
  const line = (...cells) => console.log(cells.map((cell, at) => (at < 2 ? String(cell).padEnd(9) : String(cell).padStart(12))).join(""));
  line("", "size", "floor µs", "ours µs", "ours MB/s", "ratio", "target", "no hash µs", "ratio");
  for (const [what, name, size, { floor, ours, bare }] of rows) {
    const target = what === "get" ? "" : size === 256 ? "1.50" : "1.20";
    const withoutHash = bare ? [bare.toFixed(1), (ours / bare).toFixed(2)] : [];
    line(what, name, floor.toFixed(1), ours.toFixed(1), (size / ours).toFixed(1), (ours / floor).toFixed(2), target, ...withoutHash);
  }
}
