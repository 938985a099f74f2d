/** Browsers that are killed while they write, with their profile kept. What had resolved is on the server in the end, once. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startPages } from "../engines/server.mjs";
import { signIn } from "../engines/stories/bookmarks.mjs";
import { User } from "../worker/client.mjs";
import { Mate } from "../worker/glint/client.mjs";
import { prepare as prepareTodos } from "./glint/page.mjs";
import { killAgainAndAgain } from "./killed/rounds.mjs";
import { eventually, is } from "./poll.mjs";
import { openProfile } from "./profile.mjs";
import { openAccount, PASSWORD } from "./typelets-worker/devices.mjs";
import { prepare as prepareNotes } from "./typelets/page.mjs";
import { openUserPage } from "./worker-page.mjs";

const PUSHES = 20;

const server = await startPages();
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

const waits = (page) => page.evaluate(() => sync.status.pending);
/** What was under way at a kill is looked for until 30 s have passed. */
const DRAIN = { until: is(0), bound: 150_000 };

/** Each of those told stands once among those there, and nothing stands there twice. */
function areThereOnce(told, there, where = "on the server") {
  const held = new Set(there);
  const [twice, lost] = [there.filter((one, index) => there.indexOf(one) !== index), told.filter((one) => !held.has(one))];
  assert.equal(twice.length, 0, `${twice.length} of ${there.length} ${where} twice: ${twice.slice(0, 10)}`);
  assert.equal(lost.length, 0, `${lost.length} of ${told.length} not ${where}: ${lost.slice(0, 10)}`);
}

test("2,000 pushes, and twenty kills at random moments", { timeout: 300_000 }, async (t) => {
  const user = await User.register(server);
  const observer = await user.device("observer");
  const { told, page } = await killAgainAndAgain(t, {
    kills: 20,
    writes: 2_000,
    async open({ context }) {
      const page = await openUserPage(context, server, user);
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        sync.connect();
        globalThis.write = async (name) => (await push(`bm_${name}`, "Rust")).id;
      });
      return page;
    },
  });
  await eventually("the end of all waiting", () => waits(page), DRAIN);
  const log = await user.log();
  areThereOnce(told, log.map(({ id }) => id));
  assert.ok(told.length >= 2_000, `${told.length} were told`);
  areThereOnce(told, (await observer.received()).map(({ event }) => event.id), "told to another device");
  assert.deepEqual(await page.evaluate(async () => Object.keys(await titles()).sort()), log.map(({ entity_id }) => entity_id).sort());
  assert.deepEqual(await page.evaluate(() => errors), []);
  await observer.close();
});

test("200 todos, and five kills at random moments", { timeout: 300_000 }, async (t) => {
  const mate = await Mate.join(server, { generation: "latest" });
  const setId = await mate.makeSet();
  const { told, page } = await killAgainAndAgain(t, {
    kills: 5,
    writes: 200,
    open: async ({ context }) => {
      const page = await openEntry(context, "/todos", mate, prepareTodos, { origin: server.origin, teamId: mate.team, me: { id: mate.id } });
      await page.evaluate(async (setId) => {
        globalThis.sync = await manager({ setId });
        sync.connect();
        globalThis.write = (title) => sync.createTodo({ title }).then(() => title);
      }, setId);
      return page;
    },
  });
  await eventually("the end of all waiting", () => waits(page), DRAIN);
  const there = (await mate.todos(setId)).map(({ title }) => title);
  areThereOnce(told, there);
  assert.ok(told.length >= 200, `${told.length} were told`);
  assert.deepEqual(await page.evaluate(() => titles()), there.sort());
  assert.deepEqual(await page.evaluate(() => [errors, refusals]), [[], []]);
});

test("200 notes, and five kills at random moments", { timeout: 300_000 }, async (t) => {
  const account = await openAccount(undefined, t, server);
  const at = (path) => `${server.origin}/typelets${path}`;
  const options = { url: at(`/ws?user_id=${account.id}`).replace("http", "ws"), api: at("/api"), userId: account.id, masterPassword: PASSWORD };
  const { told, page } = await killAgainAndAgain(t, {
    kills: 5,
    writes: 200,
    open: async ({ context }) => {
      const page = await openEntry(context, "/notes", account.writer.user, prepareNotes, { options, tokenRoute: at("/demo/token") });
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        sync.connect();
        globalThis.write = (title) => sync.createNote({ title }).then(() => title);
      });
      return page;
    },
  });
  await eventually("the end of all waiting", () => waits(page), DRAIN);
  const there = (await account.notes()).map(({ title }) => title);
  areThereOnce(told, there);
  assert.ok(told.length >= 200, `${told.length} were told`);
  assert.deepEqual(await page.evaluate(() => titles()), there.sort());
  assert.deepEqual(await page.evaluate(() => [codes(), refusals]), [[], []]);
});

/** A page of another entry, signed in anew each time: a killed browser may have lost its cookie. */
async function openEntry(context, path, { id, secret }, prepare, argument) {
  const page = await context.newPage();
  await page.addInitScript(prepare, argument);
  await page.goto(`${server.origin}${path}`);
  await page.waitForFunction(() => globalThis.sealwire !== undefined);
  await page.evaluate(signIn, { user_id: id, secret });
  return page;
}
