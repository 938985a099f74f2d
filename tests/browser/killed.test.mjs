/** A browser that is killed right after `pushChange` has resolved. */
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { User } from "../worker/client.mjs";
import { startServer } from "../worker/server.mjs";
import { eventually } from "./poll.mjs";
import { openProfile } from "./profile.mjs";

const PACKAGE = fileURLToPath(new URL("../../pkg/index.js", import.meta.url));
const PUSHES = 20;

const assets = await mkdtemp(join(tmpdir(), "sealwire-killed-"));
await copyFile(PACKAGE, join(assets, "sealwire.js"));
await writeFile(join(assets, "index.html"), `<!doctype html><link rel="icon" href="data:,"><title>Pushes</title>`);
const server = await startServer({ assets });
after(async () => {
  await server.stop();
  await rm(assets, { recursive: true, force: true });
});

/** Signs in and opens a manager as `sync`. A killed browser may have lost its cookie, so it signs in each time. */
async function open(page, { id: userId, secret }) {
  await page.goto(server.origin);
  await page.evaluate(async ({ userId, secret }) => {
    const { RealtimeSyncManager, bitmarks } = await import("/sealwire.js");
    const body = JSON.stringify({ user_id: userId, secret });
    await fetch("/api/v1/auth/session", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const url = new URL("/api/v1/sync/realtime", location.href.replace(/^http/, "ws")).href;
    globalThis.sync = await RealtimeSyncManager.open(bitmarks({ url, userId, key: new Uint8Array(32).fill(7) }));
  }, { userId, secret });
}

const push = (page) =>
  page.evaluate(async (count) => {
    const pushes = Array.from({ length: count }, (_, index) => sync.pushChange("bookmark", `bm_${index}`, "create", { title: "Rust" }));
    return (await Promise.all(pushes)).map(({ id }) => id);
  }, PUSHES);

async function connect(page) {
  await page.evaluate(() => sync.connect());
  await eventually("the connection", () => page.evaluate(() => sync.status.state === "live"));
}

for (const [when, whenPushing] of [["before it ever connected", async () => {}], ["while it was sending", connect]]) {
  test(`a browser killed ${when} loses no change and doubles none`, { timeout: 90_000 }, async () => {
    const user = await User.register(server);
    const observer = await user.device("observer");
    const killed = await openProfile();
    await open(killed.page, user);
    await whenPushing(killed.page);
    const ids = await push(killed.page);
    await killed.kill();

    const restarted = await openProfile(killed.directory);
    await open(restarted.page, user);
    await connect(restarted.page);
    await eventually("all changes at the server", () => restarted.page.evaluate(() => sync.status.pending === 0));
    assert.deepEqual((await user.log()).map(({ id }) => id).sort(), [...ids].sort());
    const seen = (await observer.received()).map(({ event }) => event.id);
    assert.deepEqual(seen.sort(), [...ids].sort(), "another device is told of each once");
    await observer.close();
    await restarted.remove();
  });
}
