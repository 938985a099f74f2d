// Which servers a page reaches: of its own origin, of another origin of its site, and of another site. Cookies decide, and CORS, and the server's list of origins.

import assert from "node:assert/strict";
import { prepare as prepareBookmarks } from "../../browser/peer-page.mjs";
import { prepare as prepareTodos } from "../../browser/glint/page.mjs";
import { openAccount, PASSWORD } from "../../browser/typelets-worker/devices.mjs";
import { prepare as prepareNotes } from "../../browser/typelets/page.mjs";
import { User } from "../../worker/client.mjs";
import { Mate } from "../../worker/glint/client.mjs";
import { signIn } from "./bookmarks.mjs";

const socketAt = ({ origin }, path) => origin.replace("http", "ws") + path;

/** Signs in on a page of the server itself: from another site a browser would not keep the cookie. */
async function signInThere(device, server, { id, secret }) {
  const tab = await device.open(server.origin, () => {});
  await tab.evaluate(signIn, { user_id: id, secret });
}

/** Opens a page of `pages` with a manager of `server`, which connects and pushes one bookmark; what has become of it. */
async function pushFrom(device, pages, server, user) {
  const tab = await device.open(`${pages}/index.html`, prepareBookmarks, { url: socketAt(server, "/api/v1/sync/realtime"), userId: user.id });
  return tab.evaluate(async () => {
    globalThis.sync = await manager();
    const { acknowledged } = await push("bm_1", "Rust");
    sync.connect();
    const outcome = acknowledged.then((outcome) => outcome);
    const stopped = until(() => sync.status.state === "stopped" || sync.status.attempts > 3).then(() => `${sync.status.state} ${sync.status.reason}`);
    return Promise.race([outcome, stopped]);
  });
}

/** The same of one todo. */
async function createFrom(device, pages, server, mate, setId) {
  const tab = await device.open(`${pages}/todos.html`, prepareTodos, { origin: server.origin, teamId: mate.team, me: { id: mate.id } });
  return tab.evaluate(async (setId) => {
    globalThis.sync = await manager({ setId });
    const { acknowledged } = await sync.createTodo({ title: "Milk" });
    sync.connect();
    const stopped = until(() => sync.status.state === "stopped" || sync.status.attempts > 3).then(() => `${sync.status.state} ${sync.status.reason}`);
    return Promise.race([acknowledged, stopped]);
  }, setId);
}

async function noteFrom(device, pages, server, account) {
  const at = (path) => `${server.origin}/typelets${path}`;
  const options = { url: socketAt(server, `/typelets/ws?user_id=${account.id}`), api: at("/api"), userId: account.id, masterPassword: PASSWORD };
  const tab = await device.open(`${pages}/notes.html`, prepareNotes, { options });
  // As an app has it that signs in by itself: without any cookie.
  return tab.evaluate(async (token) => {
    globalThis.sync = await manager({ getToken: () => token });
    const { acknowledged } = await sync.createNote({ title: "Plan" });
    sync.connect();
    const stopped = until(() => sync.status.state === "stopped" || sync.status.attempts > 3).then(() => `${sync.status.state} ${sync.status.reason}`);
    return Promise.race([acknowledged, stopped]);
  }, account.writer.token);
}

/**
 * What becomes of a page of another site whose session's cookie is `SameSite=None; Secure; Partitioned`: signed in on the server's own page, and on the page itself.
 * WebKit takes no `Secure` cookie by plain http, not even on this machine.
 */
const PARTITIONED = {
  Chromium: ["stopped needs_auth", "confirmed"],
  Firefox: ["stopped needs_auth", "confirmed"],
  WebKit: ["stopped needs_auth", "stopped needs_auth"],
};

export function reaching(story, { name }) {
  story("a page of another origin of the same site reaches a server that lists it, in all dialects", async ({ elsewhere: { server, sameSite }, phone, t }) => {
    const user = await User.register(server);
    await signInThere(phone, server, user);
    assert.equal(await pushFrom(phone, sameSite, server, user), "confirmed");
    const mate = await Mate.join(server, { generation: "latest" });
    await signInThere(phone, server, mate);
    const setId = await mate.makeSet();
    assert.equal(await createFrom(phone, sameSite, server, mate, setId), "confirmed");
    assert.equal(await noteFrom(phone, sameSite, server, await openAccount(undefined, t, server)), "confirmed");
  });

  story("a page of another site sends no cookie that is of the same site only: `needs_auth`; a token needs none", async ({ elsewhere: { server, otherSite }, phone, t }) => {
    const user = await User.register(server);
    await signInThere(phone, server, user);
    assert.equal(await pushFrom(phone, otherSite, server, user), "stopped needs_auth");
    assert.deepEqual(await user.log(), []);
    const mate = await Mate.join(server, { generation: "latest" });
    await signInThere(phone, server, mate);
    const setId = await mate.makeSet();
    assert.equal(await createFrom(phone, otherSite, server, mate, setId), "stopped needs_auth");
    assert.deepEqual(await mate.todos(setId), []);
    assert.equal(await noteFrom(phone, otherSite, server, await openAccount(undefined, t, server)), "confirmed");
  });

  story("a page of an origin that the server does not list sends nothing, though the cookie goes with its requests", async ({ elsewhere: { server, unlisted }, phone }) => {
    const user = await User.register(server);
    await signInThere(phone, server, user);
    assert.match(await pushFrom(phone, unlisted, server, user), /^reconnecting /);
    assert.deepEqual(await user.log(), []);
    const mate = await Mate.join(server, { generation: "latest" });
    await signInThere(phone, server, mate);
    const setId = await mate.makeSet();
    assert.match(await createFrom(phone, unlisted, server, mate, setId), /^reconnecting /);
    assert.deepEqual(await mate.todos(setId), []);
  });

  story("a page of another site has a cookie of its own where that is partitioned, and none of the server's pages", async ({ elsewhere: { partitioned, otherSite }, phone }) => {
    const seen = [];
    const user = await User.register(partitioned);
    await signInThere(phone, partitioned, user);
    seen.push(await pushFrom(phone, otherSite, partitioned, user));
    const other = await User.register(partitioned);
    const tab = await phone.open(`${otherSite}/index.html`, () => {});
    await tab.evaluate(async ({ origin, account }) => {
      const headers = { "Content-Type": "application/json" };
      await fetch(`${origin}/api/v1/auth/session`, { method: "POST", credentials: "include", headers, body: JSON.stringify(account) });
    }, { origin: partitioned.origin, account: { user_id: other.id, secret: other.secret } });
    seen.push(await pushFrom(phone, otherSite, partitioned, other));
    assert.deepEqual(seen, PARTITIONED[name]);
  });
}
