import assert from "node:assert/strict";
import { trapOnce } from "../../browser/peer/crashing.mjs";
import { User } from "../../worker/client.mjs";
import { openBookmarks } from "./bookmarks.mjs";

const PUSHES = 20;

export function crashing(story) {
  story("a trap in wasm ends the manager with `engine_crashed`; another one in the same page has everything", async ({ server, phone }) => {
    const user = await User.register(server);
    const tab = await openBookmarks(phone, server, user);
    await tab.evaluate(async () => {
      globalThis.sync = await manager();
      await push("bm_1", "Rust");
    });
    await tab.evaluate(trapOnce);
    const crashed = await tab.evaluate(async () => {
      const code = await codeOf(() => push("bm_2", "too late"));
      await until(() => errors.length > 0);
      return [code, await codeOf(() => push("bm_2", "too late")), sync.status.state, errors.map(({ code }) => code)];
    });
    assert.deepEqual(crashed, ["engine_crashed", "engine_crashed", "stopped", ["engine_crashed"]]);
    const again = await tab.evaluate(async () => {
      await connect("live");
      await settled();
      return titles();
    });
    assert.deepEqual(again, { bm_1: "Rust" });
    assert.equal((await user.log()).length, 1);
  });

  story("a browser that is killed while it sends loses nothing of what had resolved, and doubles nothing", async ({ server, phone }) => {
    const user = await User.register(server);
    const tab = await openBookmarks(phone, server, user);
    const ids = await tab.evaluate(async (count) => {
      await connect("live");
      return (await Promise.all(Array.from({ length: count }, (_, index) => push(`bm_${index}`, "Rust")))).map(({ id }) => id);
    }, PUSHES);
    await phone.kill();
    const again = await openBookmarks(phone, server, user);
    await again.evaluate(async () => {
      await connect("live", { key: "kept" });
      await settled();
    });
    assert.deepEqual((await user.log()).map(({ id }) => id).sort(), ids.sort());
  });
}
