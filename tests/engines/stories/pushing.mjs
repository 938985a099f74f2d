import assert from "node:assert/strict";
import { startProxy } from "../../browser/fault-proxy.mjs";
import { User } from "../../worker/client.mjs";
import { openBookmarks } from "./bookmarks.mjs";

const PATHS = { api: "/api/", writes: "/api/" };

const idsOf = async (user) => (await user.log()).map(({ id }) => id).sort();

export function pushing(story) {
  story("a push is on disk before it resolves, arrives, and is confirmed", async ({ server, phone }) => {
    const user = await User.register(server);
    const tab = await openBookmarks(phone, server, user);
    const told = await tab.evaluate(async () => {
      await connect("live");
      const { id, durability, acknowledged } = await push("bm_1", "Rust");
      const outcome = await acknowledged;
      const { storage, account, confirmation, pending } = sync.status;
      return { id, durability, outcome, storage, account, confirmation, pending };
    });
    const [event] = await user.log();
    assert.deepEqual(told, {
      id: event.id, durability: "strict", outcome: "confirmed", storage: "indexeddb", account: "verified", confirmation: "ack", pending: 0,
    });
    assert.ok(!Buffer.from(event.encrypted_data, "base64").includes("Rust"));
  });

  story("what is pushed without a network survives a reload, and arrives once", async ({ server, phone, t }) => {
    const user = await User.register(server);
    const proxy = await startProxy(server, PATHS);
    t.after(() => proxy.close());
    const tab = await openBookmarks(phone, proxy, user);
    proxy.cut();
    const ids = await tab.evaluate(async () => {
      await connect("reconnecting");
      return (await Promise.all(["bm_1", "bm_2", "bm_3"].map((id) => push(id, "before the reload")))).map(({ id }) => id);
    });
    await tab.reload();
    const shown = await tab.evaluate(async () => {
      await connect("reconnecting");
      const { id } = await push("bm_4", "after it");
      return { id, titles: await titles(), pending: sync.status.pending };
    });
    const before = { bm_1: "before the reload", bm_2: "before the reload", bm_3: "before the reload" };
    assert.deepEqual([shown.titles, shown.pending], [{ ...before, bm_4: "after it" }, 4]);
    assert.deepEqual(await user.log(), []);
    proxy.mend();
    const outcomes = await tab.evaluate(async (ids) => {
      await settled();
      return Promise.all(ids.map(async (id) => (await sync.receipt(id)).acknowledged));
    }, [...ids, shown.id]);
    assert.deepEqual(outcomes, Array(4).fill("confirmed"));
    assert.deepEqual(await idsOf(user), [...ids, shown.id].sort());
  });

  story("a server that was restarted is found again, and has what was pushed meanwhile", async ({ server, phone }) => {
    const user = await User.register(server);
    const tab = await openBookmarks(phone, server, user);
    await tab.evaluate(() => connect("live"));
    const restarting = server.restart();
    const id = await tab.evaluate(async () => {
      await until(() => sync.status.state === "reconnecting");
      return (await push("bm_1", "Rust")).id;
    });
    await restarting;
    await tab.evaluate(async () => {
      await live(sync);
      await settled();
    });
    assert.deepEqual(await idsOf(user), [id]);
  });

  story("`get`, `list` and `changesSince` tell what is shown, and what has changed since", async ({ server, phone }) => {
    const user = await User.register(server);
    const tab = await openBookmarks(phone, server, user);
    const told = await tab.evaluate(async () => {
      await connect("live");
      await push("bm_1", "Rust");
      await push("bm_ü☕", "Coffee");
      await settled();
      const { revision } = await sync.changesSince(0);
      await sync.pushChange("bookmark", "bm_1", "delete");
      await push("bm_2", "Go");
      await settled();
      const since = await sync.changesSince(revision);
      return {
        gone: (await sync.get("bookmark", "bm_1")) === undefined,
        got: (await sync.get("bookmark", "bm_ü☕")).data,
        listed: (await sync.list("bookmark")).map(({ entityId, pending }) => [entityId, pending]),
        since: [since.reset, since.entities.map(({ entityId }) => entityId), since.deleted.map(({ entityId }) => entityId)],
        told: changes.map(({ operation, entityId, origin }) => [operation, entityId, origin].join(" ")),
        errors,
      };
    });
    assert.deepEqual(told, {
      gone: true,
      got: { title: "Coffee" },
      listed: [["bm_2", false], ["bm_ü☕", false]],
      since: [false, ["bm_2"], ["bm_1"]],
      told: ["update bm_1 local", "update bm_ü☕ local", "delete bm_1 local", "update bm_2 local"],
      errors: [],
    });
  });
}
