/** A browser that is killed right after `pushChange` has resolved. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { User } from "../worker/client.mjs";
import { openProfile } from "./profile.mjs";
import { openUserPage, startPageServer } from "./worker-page.mjs";

const PUSHES = 20;

const server = await startPageServer();
after(() => server.stop());

/** Opens a manager as `sync`. A killed browser may have lost its cookie, so it signs in each time. */
async function open({ context }, user) {
  const page = await openUserPage(context, server, user);
  await page.evaluate(async () => (globalThis.sync = await manager()));
  return page;
}

const pushMany = (page) =>
  page.evaluate(async (count) => {
    const pushes = Array.from({ length: count }, (_, index) => push(`bm_${index}`, "Rust"));
    return (await Promise.all(pushes)).map(({ id }) => id);
  }, PUSHES);

async function connect(page) {
  await page.evaluate(async () => {
    sync.connect();
    await live(sync);
  });
}

for (const [when, whenPushing] of [["before it ever connected", async () => {}], ["while it was sending", connect]]) {
  test(`a browser killed ${when} loses no change and doubles none`, { timeout: 90_000 }, async () => {
    const user = await User.register(server);
    const observer = await user.device("observer");
    const killed = await openProfile();
    const page = await open(killed, user);
    await whenPushing(page);
    const ids = await pushMany(page);
    await killed.kill();

    const restarted = await openProfile(killed.directory);
    const again = await open(restarted, user);
    await connect(again);
    await again.evaluate(() => settled());
    assert.deepEqual((await user.log()).map(({ id }) => id).sort(), [...ids].sort());
    const seen = (await observer.received()).map(({ event }) => event.id);
    assert.deepEqual(seen.sort(), [...ids].sort(), "another device is told of each once");
    await observer.close();
    await restarted.remove();
  });
}
