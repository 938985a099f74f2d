import assert from "node:assert/strict";
import { startProxy } from "../../browser/fault-proxy.mjs";
import { openAccount, PASSWORD } from "../../browser/typelets-worker/devices.mjs";
import { prepare } from "../../browser/typelets/page.mjs";
import { signIn } from "./bookmarks.mjs";

const PATHS = { api: "/typelets/", writes: "/typelets/api/" };

/** A page of the entry for Typelets, signed in. In it is what `prepare` makes. */
async function openNotes(device, { origin }, { id, writer }) {
  const at = (path) => `${origin}/typelets${path}`;
  const options = { url: at(`/ws?user_id=${id}`).replace("http", "ws"), api: at("/api"), userId: id, masterPassword: PASSWORD };
  const tab = await device.open(`${origin}/notes`, prepare, { options, tokenRoute: at("/demo/token") });
  await tab.evaluate(signIn, { user_id: id, secret: writer.user.secret });
  return tab;
}

export function notes(story) {
  story("notes: made, edited and deleted, seen on the other device; two editors at once are told of both versions", async ({ server, phone, laptop, t }) => {
    const account = await openAccount(undefined, t, server);
    const [one, other] = [await openNotes(phone, server, account), await openNotes(laptop, server, account)];
    for (const tab of [one, other]) await tab.evaluate(() => connect("live"));
    const made = await one.evaluate(async () => {
      const { entityId, durability, acknowledged } = await sync.createNote({ title: "Plan", content: "Ünïcödé ☕" });
      return { durability, outcome: await acknowledged, id: (await sync.get("note", entityId)).id };
    });
    assert.deepEqual([made.durability, made.outcome], ["strict", "confirmed"]);
    await other.evaluate((id) => until(async () => (await sync.get("note", id))?.content === "Ünïcödé ☕"), made.id);
    await one.evaluate((id) => acknowledged(sync.deleteNote(id)), made.id);
    await other.evaluate((id) => (sync.reconnect(), until(async () => (await sync.get("note", id)) === undefined)), made.id);

    const { id } = await account.makeNote({ title: "Plan", content: "as it was" });
    for (const tab of [one, other]) {
      await tab.evaluate(async (id) => {
        sync.reconnect();
        await until(async () => (await sync.get("note", id))?.content === "as it was");
        sync.joinNote(id);
        await until(() => sync.joinedNotes.length === 1);
      }, id);
    }
    await Promise.all([one, other].map((tab, index) => tab.evaluate(({ id, content }) => acknowledged(sync.updateNote(id, { content })), { id, content: `of ${index}` })));
    const [there] = await account.notes();
    assert.equal(there.title, "Plan");
    for (const tab of [one, other]) await tab.evaluate(({ id, content }) => until(async () => (await sync.get("note", id)).content === content), { id, content: there.content });
    const told = (await Promise.all([one, other].map((tab) => tab.evaluate(() => conflicts)))).flat();
    assert.ok(told.length > 0, "nobody was told");
    for (const { ours, theirs } of told) assert.deepEqual([ours.content, theirs.content].sort(), ["of 0", "of 1"]);
    for (const tab of [one, other]) assert.deepEqual(await tab.evaluate(() => [codes(), refusals]), [[], []]);
  });

  story("notes made without a network survive a reload, and arrive once; the tab that is left sends them", async ({ server, phone, t }) => {
    const account = await openAccount(undefined, t, server);
    const proxy = await startProxy(server, PATHS);
    t.after(() => proxy.close());
    const [first, second] = [await openNotes(phone, proxy, account), await openNotes(phone, proxy, account)];
    proxy.cut();
    await first.evaluate(async () => {
      await connect("reconnecting");
      await sync.createNote({ id: "mine", title: "Plan", content: "text" });
      await sync.updateNote("mine", { title: "The plan" });
    });
    await first.reload();
    await first.evaluate(() => connect("reconnecting"));
    await second.evaluate(() => connect("following"));
    await second.evaluate(() => sync.createNote({ title: "Of the other tab" }));
    await first.evaluate(() => until(async () => (await titles()).join() === "Of the other tab,The plan"));
    await first.close();
    proxy.mend();
    await second.evaluate(async () => {
      await until(() => sync.status.state === "live");
      await settled();
    });
    assert.deepEqual((await account.notes()).map(({ title, content }) => `${title}|${content}`).sort(), ["Of the other tab|", "The plan|text"]);
    assert.equal(proxy.writes.filter(({ method, path }) => method === "POST" && path.endsWith("/notes")).length, 2);
    await second.evaluate(() => sync.forget());
    assert.deepEqual(await second.evaluate(async (id) => (await indexedDB.databases()).filter(({ name }) => name.includes(id)), account.id), []);
  });
}
