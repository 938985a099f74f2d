import assert from "node:assert/strict";
import { User } from "../../worker/client.mjs";
import { openBookmarks } from "./bookmarks.mjs";

const WRONG = Array(32).fill(8);

export function keys(story) {
  story("a device with a wrong key says `key_mismatch`, and sends nothing", async ({ server, phone, laptop }) => {
    const user = await User.register(server);
    const [one, other] = [await openBookmarks(phone, server, user), await openBookmarks(laptop, server, user)];
    await one.evaluate(async () => {
      await connect("live");
      await (await push("bm_1", "Rust")).acknowledged;
    });
    const told = await other.evaluate(async (key) => {
      globalThis.sync = await manager({ key });
      await push("bm_2", "wrong");
      sync.connect();
      await until(() => sync.status.state === "stopped");
      return [sync.status.reason, sync.status.pending];
    }, WRONG);
    assert.deepEqual(told, ["key_mismatch", 1]);
    assert.equal((await user.log()).length, 1);
    // Where the right one is kept, another is refused at once.
    await one.reload();
    assert.equal(await one.evaluate((key) => codeOf(() => manager({ key })), WRONG), "key_mismatch");
  });

  story("a key is kept where no script can read it, or wrapped under a password", async ({ server, phone }) => {
    const user = await User.register(server);
    const tab = await openBookmarks(phone, server, user);
    const persistKey = { password: "correct horse" };
    const kept = await tab.evaluate(async () => {
      (await manager()).close();
      const { name } = (await indexedDB.databases()).find(({ name }) => name.includes(userId));
      const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
      const [{ key }] = await new Promise((resolve) => (database.transaction("meta").objectStore("meta").get("keys").onsuccess = ({ target }) => resolve(target.result)));
      database.close();
      return [key instanceof CryptoKey, key.algorithm.name, key.extractable, await crypto.subtle.exportKey("raw", key).then(() => "exported", () => "refused")];
    });
    assert.deepEqual(kept, [true, "HKDF", false, "refused"]);

    const other = await User.register(server);
    const wrapped = await openBookmarks(phone, server, other);
    await wrapped.evaluate(async (persistKey) => {
      globalThis.sync = await manager({ persistKey });
      await push("bm_1", "Rust");
    }, persistKey);
    await wrapped.reload();
    const opened = await wrapped.evaluate(async (persistKey) => {
      const codes = [await codeOf(() => manager({ key: "kept" })), await codeOf(() => manager({ key: "kept", persistKey: { password: "battery staple" } }))];
      globalThis.sync = await manager({ key: "kept", persistKey });
      return [...codes, (await titles()).bm_1];
    }, persistKey);
    assert.deepEqual(opened, ["key_missing", "key_mismatch", "Rust"]);
  });
}
