import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 150_000 };

/** Some of them wait for a token to end. */
const TOGETHER = { concurrency: 6 };

export function tokens(browser, serverOf) {
  const open = async (t) => {
    const account = await openAccount(browser, t, serverOf());
    return { account, ...(await account.openDevice()) };
  };

  describe("a token", TOGETHER, () => {
    it("that has ended is replaced by a good one", BOUND, async (t) => {
      const { page, wire, account } = await open(t);
      await account.makeNote({ title: "There" });
      await page.evaluate(() => (tokens.push(0), connect("live")));
      assert.deepEqual(await page.evaluate(() => [asked, codes(), sync.status.account]), [2, [], "verified"]);
      assert.deepEqual(await page.evaluate(statesSinceElected), ["connecting", "catching_up", "live"]);
      assert.deepEqual(wire.received().map(({ type }) => type).filter((type) => type.startsWith("auth")), ["auth_failed", "auth_success"]);
      assert.equal(wire.received("auth_failed")[0].reason, "token-expired");
      assert.equal(wire.sent("auth").length, 2);
      assert.deepEqual(await page.evaluate(() => titles()), ["There"]);
    });

    it("that is never good stops after two were asked for, until `reconnect()`", BOUND, async (t) => {
      const { page, wire, account } = await open(t);
      await page.evaluate(async () => {
        tokens.push("one.bad.token", "another.bad.token", "third.bad.token");
        globalThis.sync = await manager();
        globalThis.receipt = await sync.createNote({ title: "Waits" });
        sync.connect();
        await until(() => sync.status.state === "stopped");
      });
      assert.deepEqual(await page.evaluate(() => [sync.status.reason, asked, codes(), sync.status.pending]), ["needs_auth", 2, ["needs_auth"], 1]);
      assert.deepEqual(wire.log.filter((entry) => !entry.startsWith("received")), ["sent auth", "sent auth"]);
      assert.deepEqual(wire.sent("auth").map(({ token }) => token), ["one.bad.token", "another.bad.token"]);
      assert.equal(await page.evaluate(() => (tokens.splice(0), sync.reconnect(), receipt.acknowledged)), "confirmed");
      assert.equal(await page.evaluate(() => asked), 3);
      assert.deepEqual((await account.notes()).map(({ title }) => title), ["Waits"]);
    });

    it("that is good again counts anew: two more are asked for next time", BOUND, async (t) => {
      const { page, account } = await open(t);
      await page.evaluate(() => (tokens.push(0, 3600, 0, 3600), connect("live")));
      await account.setFaults({ closeSockets: true });
      await page.evaluate(() => until(() => asked === 4 && sync.status.state === "live"));
      assert.deepEqual(await page.evaluate(() => codes()), ["connection_lost"]);
    });

    for (const [name, ask] of Object.entries({
      "that is not there, for `getToken` throws": () => { throw new Error("signed out"); },
      "that is not there, for `getToken` rejects": () => Promise.reject(new Error("signed out")),
      "that is no text": () => ({ token: "inside" }),
      "that is empty": () => "",
    })) {
      it(`${name}, is \`token_failed\`, and asked for again`, BOUND, async (t) => {
        const { page } = await open(t);
        await page.evaluate(async (ask) => {
          let calls = 0;
          globalThis.sync = await manager({ getToken: () => (++calls <= 2 ? eval(`(${ask})`)() : askForToken()) });
          sync.connect();
          await until(() => sync.status.state === "live");
        }, String(ask));
        assert.deepEqual(await page.evaluate(() => codes()), ["token_failed", "token_failed"]);
        assert.deepEqual(await page.evaluate(statesSinceElected), ["connecting", "reconnecting", "connecting", "reconnecting", "connecting", "catching_up", "live"]);
        assert.ok(await page.evaluate(() => errors.every(({ fault, message }) => fault === "app" && message.length > 10)));
      });
    }

    it("that does not come within 30 s is `token_failed`, and asked for again", BOUND, async (t) => {
      const { page } = await open(t);
      await page.evaluate(async () => {
        let calls = 0;
        globalThis.sync = await manager({ getToken: () => (++calls === 1 ? new Promise(() => {}) : askForToken()) });
        sync.connect();
        await until(() => sync.status.state === "live", 60_000);
      });
      assert.deepEqual(await page.evaluate(() => codes()), ["token_failed"]);
    });

    it("is given at once as well as by a promise", BOUND, async (t) => {
      const { page, account } = await open(t);
      await page.evaluate((token) => connect("live", { getToken: () => token }), account.writer.token);
    });

    it("is renewed on the same socket before its end, and requests go on with the new one", BOUND, async (t) => {
      const { page, wire, account } = await open(t);
      const { id } = await account.makeNote({ title: "There" });
      await page.evaluate((id) => {
        tokens.push(40);
        globalThis.firstEnds = Date.now() + 40_000;
        return connect("live").then(() => sync.joinNote(id));
      }, id);
      await page.evaluate(() => until(() => asked === 2, 60_000));
      assert.ok(await page.evaluate(() => Date.now() < firstEnds), "before its end");
      await page.evaluate(() => until(() => Date.now() > firstEnds + 2_000, 60_000));
      assert.equal(await page.evaluate(async (id) => {
        await acknowledged(sync.updateNote(id, { starred: true }));
        return acknowledged(sync.updateNote(id, { title: "Later" }));
      }, id), "confirmed");
      const auths = wire.frames.filter(({ way, payload }) => way === "sent" && payload.type === "auth");
      assert.deepEqual(auths.map(({ socket }) => socket), [0, 0]);
      assert.equal(wire.sockets.length, 1);
      assert.deepEqual(await page.evaluate(() => [asked, codes(), sync.status.state]), [2, [], "live"]);
      const [saved] = wire.asked("PUT", /^\/notes/);
      assert.equal(saved.authorization, `Bearer ${auths[1].payload.token}`);
      assert.notEqual(auths[0].payload.token, auths[1].payload.token);
      assert.deepEqual(await account.notes().then(([{ title, starred }]) => [title, starred]), ["Later", true]);
    });

    it("that a request is refused for is replaced, and the request made again", BOUND, async (t) => {
      const { page, wire, account } = await open(t);
      await page.evaluate(() => {
        tokens.push(12); // It ends before the time at which it would be renewed.
        globalThis.firstEnds = Date.now() + 12_000;
        return connect("live");
      });
      await page.evaluate(() => until(() => Date.now() > firstEnds + 1_000));
      assert.equal(await page.evaluate(() => acknowledged(sync.createNote({ title: "After" }))), "confirmed");
      assert.equal(wire.asked("POST", /^\/notes/).length, 2);
      assert.deepEqual(await page.evaluate(() => [asked, sync.status.state, codes()]), [2, "live", []]);
      assert.deepEqual((await account.notes()).map(({ title }) => title), ["After"]);
    });

    it("of another user stops as `wrong_user`, and nothing is sent", BOUND, async (t) => {
      const { page, wire, account } = await open(t);
      const other = await openAccount(browser, t, serverOf());
      await page.evaluate(async ([id, url, token]) => {
        tokens.push(token);
        globalThis.sync = await manager({ url: options().url.replace(id, url) });
        await sync.createNote({ title: "Of Ada" });
        sync.connect();
        await until(() => sync.status.state === "stopped");
      }, [account.id, other.id, other.writer.token]);
      assert.deepEqual(await page.evaluate(() => [sync.status.reason, codes(), asked, sync.status.pending]), ["wrong_user", ["wrong_user"], 1, 1]);
      assert.deepEqual(wire.log, ["sent auth", "received connection_established", "received auth_success"].sort(inOrderOf(wire.log)));
      assert.deepEqual([await account.rows(), await other.rows()], [[], []]);
    });
  });

  describe("before `auth_success`", () => {
    it("nothing is sent but `auth`, on each socket", BOUND, async (t) => {
      const { page, wire, account } = await open(t);
      const { id } = await account.makeNote({ title: "There" });
      await account.setFaults({ authenticateAfterMs: 1_500 });
      await page.evaluate(async (id) => {
        globalThis.sync = await manager();
        sync.joinNote(id);
        await sync.createNote({ title: "Waits" });
        await sync.createFolder({ name: "Waits" });
        sync.connect();
        await until(() => sync.status.state === "live");
        await settled();
      }, id);
      await account.setFaults({ authenticateAfterMs: 1_500, closeSockets: true });
      await page.evaluate(async (id) => {
        await until(() => sync.status.state !== "live");
        await sync.updateNote(id, { starred: true });
        await sync.updateNote(id, { title: "Edited" });
        await settled();
      }, id);
      const sessions = wire.log.join("\n").split("sent auth\n").slice(1);
      assert.equal(sessions.length, 2);
      for (const session of sessions) {
        const [before, after] = session.split("received auth_success\n");
        assert.deepEqual(before.split("\n").filter((entry) => entry !== "" && !entry.startsWith("received")), []);
        assert.ok(after.includes("sent join_note"));
      }
      assert.equal(wire.log.indexOf("sent auth") <= 1, true, "the token comes first");
    });
  });
}

/** At first a tab does not know whether there is another one that has the connection. */
const statesSinceElected = () => states.filter((state, index) => index > 0 || state !== "following");

const inOrderOf = (log) => (one, other) => log.indexOf(one) - log.indexOf(other);
