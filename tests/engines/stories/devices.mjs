import assert from "node:assert/strict";
import { User } from "../../worker/client.mjs";
import { openBookmarks } from "./bookmarks.mjs";

const shows = (tab, expected) =>
  tab.evaluate((expected) => until(async () => JSON.stringify(Object.entries(await titles()).sort()) === expected), JSON.stringify(Object.entries(expected).sort()));

export function devices(story) {
  for (const format of ["sealwire-v1", "bitmarks-plain"]) {
    story(`two devices show the same, and one that was restarted has its key (${format})`, async ({ server, phone, laptop }) => {
      const user = await User.register(server);
      const one = await openBookmarks(phone, server, user);
      await one.evaluate(async (format) => {
        await connect("live", { format });
        await Promise.all([push("bm_1", "Rust"), push("bm_2", "Go"), push("bm_3", "Ünïcödé ☕")]);
      }, format);
      const other = await openBookmarks(laptop, server, user);
      await other.evaluate((format) => connect("live", { format }), format);
      await shows(other, { bm_1: "Rust", bm_2: "Go", bm_3: "Ünïcödé ☕" });
      await other.evaluate(async () => {
        await push("bm_1", "Ferris");
        await sync.pushChange("bookmark", "bm_2", "delete");
      });
      await shows(one, { bm_1: "Ferris", bm_3: "Ünïcödé ☕" });

      await one.evaluate(async () => {
        await settled();
        sync.disconnect();
        await push("bm_4", "before the restart");
      });
      await phone.restart();
      const again = await openBookmarks(phone, server, user);
      const shown = await again.evaluate(async (format) => {
        globalThis.sync = await manager({ key: "kept", format });
        return { titles: await titles(), pending: sync.status.pending };
      }, format);
      const all = { bm_1: "Ferris", bm_3: "Ünïcödé ☕", bm_4: "before the restart" };
      assert.deepEqual(shown, { titles: all, pending: 1 });
      await again.evaluate(() => sync.connect());
      await shows(other, all);
      for (const tab of [again, other]) assert.deepEqual(await tab.evaluate(() => [errors, sync.status.key]), [[], "verified"]);
    });
  }

  story("a content that is compressed is the same on the other device", async ({ server, phone, laptop }) => {
    const user = await User.register(server);
    const [one, other] = [await openBookmarks(phone, server, user), await openBookmarks(laptop, server, user)];
    await one.evaluate(async () => {
      await connect("live", { compress: { above: 100 } });
      await (await push("bm_1", "Rust ".repeat(50_000))).acknowledged;
    });
    const [event] = await user.log();
    assert.ok(event.encrypted_data.length < 25_000, "it is compressed");
    await other.evaluate(() => connect("live"));
    assert.ok(await other.evaluate(async () => (await titles()).bm_1 === "Rust ".repeat(50_000)));
  });
}
