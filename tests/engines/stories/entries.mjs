import assert from "node:assert/strict";
import { User } from "../../worker/client.mjs";
import { openBookmarks } from "./bookmarks.mjs";

export function entries(story) {
  story("`sealwire/slim` and a worker do the same", async ({ server, phone }) => {
    const user = await User.register(server);
    const tab = await openBookmarks(phone, server, user, "slim");
    const outcome = await tab.evaluate(async () => {
      await connect("live");
      const outcome = await (await push("bm_1", "Rust")).acknowledged;
      sync.close();
      return outcome;
    });
    assert.equal(outcome, "confirmed");
    const told = await tab.evaluate(() => new Promise((resolve, reject) => {
      const worker = new Worker("/worker.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage({ url, userId });
    }));
    assert.deepEqual(told, ["strict", "confirmed"]);
    assert.deepEqual((await user.log()).map(({ entity_id }) => entity_id).sort(), ["bm_1", "bm_worker"]);
  });

  story("a key travels by `sealwire/keys`", async ({ server, phone }) => {
    const tab = await openBookmarks(phone, server, await User.register(server));
    assert.ok(await tab.evaluate(async () => {
      const { exportKeyLink, generateKey, importKeyLink, recoverKey } = await import("/pkg/keys.js");
      const { key, recoveryCode } = generateKey();
      const { link, code } = await exportKeyLink({ recoveryCode });
      return [(await importKeyLink(link, code)).key, recoverKey(recoveryCode)].every((other) => other.join() === key.join());
    }));
  });
}
