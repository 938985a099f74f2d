import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually, is } from "../poll.mjs";
import { prepare } from "./page.mjs";
import { openTypeletsPage } from "./server.mjs";

const BOUND = { timeout: 120_000 };
const TOGETHER = { concurrency: 6 };

export function connecting(browser) {
  const open = (t, more) => openTypeletsPage(browser, t, prepare, more);

  describe("a server that is not there", TOGETHER, () => {
    const giveUp = async (t) => {
      const opened = await open(t, { options: { maxAttempts: 2 } });
      opened.server.isDown = true;
      await opened.page.evaluate(async () => {
        globalThis.sync = await manager();
        await sync.createNote({ title: "Waits" });
        sync.connect();
        await until(() => sync.status.state === "failed");
      });
      return opened;
    };

    it("is given up after `maxAttempts`, and tried anew by `reconnect()`, as often again", BOUND, async (t) => {
      const { server, page } = await giveUp(t);
      assert.deepEqual(await page.evaluate(() => [sync.status.reason, sync.status.pending, codes()]), ["given_up", 1, ["dial_failed", "dial_failed", "given_up"]]);
      assert.equal(server.dialled, 2);
      await page.evaluate(() => sync.reconnect());
      await eventually("two more", () => server.dialled, { until: is(4) });
      await page.evaluate(() => until(() => sync.status.state === "failed"));
      server.isDown = false;
      await page.evaluate(() => (sync.reconnect(), settled()));
      assert.equal(server.dialled, 5);
      assert.equal(server.notes.size, 1);
      assert.deepEqual(await page.evaluate(() => [sync.status.state, sync.status.reason]), ["live", null]);
    });

    it("is tried anew where the browser goes online", BOUND, async (t) => {
      const { server, context, page } = await giveUp(t);
      await context.setOffline(true);
      server.isDown = false;
      await context.setOffline(false);
      await page.evaluate(() => settled());
      assert.deepEqual([server.dialled, server.notes.size], [3, 1]);
    });

    it("is tried anew where the page is seen again", BOUND, async (t) => {
      const { server, page } = await giveUp(t);
      server.isDown = false;
      await page.evaluate(() => {
        const become = (state) => {
          Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
          document.dispatchEvent(new Event("visibilitychange"));
        };
        become("hidden");
        become("visible");
        return settled();
      });
      assert.deepEqual([server.dialled, server.notes.size], [3, 1]);
    });

    it("is not given up for attempts that are made offline", BOUND, async (t) => {
      const { server, context, page } = await open(t, { options: { maxAttempts: 2 } });
      await context.setOffline(true);
      await page.evaluate(async () => {
        globalThis.sync = await manager();
        sync.connect();
        await until(() => sync.status.attempts >= 3);
      });
      assert.notEqual(await page.evaluate(() => sync.status.state), "failed");
      await context.setOffline(false);
      await page.evaluate(() => until(() => sync.status.state === "live"));
      assert.equal(server.dialled, 1);
    });
  });

  describe("a server", TOGETHER, () => {
    it("that does not look at the token is given up after 10 s, and dialled again", BOUND, async (t) => {
      const { server, page } = await open(t);
      server.hear = ({ type }) => type === "auth" && server.dialled === 1;
      await page.evaluate(() => connect("live"));
      assert.deepEqual(await page.evaluate(() => errors.map(({ code, detail }) => [code, detail])), [["no_answer", "auth"]]);
      assert.deepEqual([server.dialled, server.frames.filter(({ type }) => type === "auth").map(({ token }) => token)], [2, ["token 1", "token 2"]]);
    });

    it("that does not answer a ping is given up, and dialled again", BOUND, async (t) => {
      const { server, page } = await open(t);
      server.hear = ({ type }) => type === "ping" && server.dialled === 1;
      await page.evaluate(() => connect("live"));
      await page.evaluate(() => until(() => codes().includes("no_pong")));
      await page.evaluate(() => until(() => sync.status.state === "live"));
      assert.equal(server.dialled, 2);
    });

    it("that gives no reason with `auth_failed` is asked once more, and no more", BOUND, async (t) => {
      const { server, page } = await open(t);
      server.hear = ({ type }, send, ws) => {
        if (type !== "auth") return false;
        send({ type: "auth_failed", message: "No" });
        ws.close();
        return true;
      };
      await page.evaluate(() => connect("stopped"));
      assert.deepEqual(await page.evaluate(() => [sync.status.reason, asked]), ["needs_auth", 2]);
      assert.equal(server.dialled, 2);
    });

    it("that refuses all requests for the token stops as `needs_auth`, after a second one", BOUND, async (t) => {
      const { server, page } = await open(t);
      server.answer = () => [401, { error: "Unauthorized" }];
      await page.evaluate(() => connect("stopped"));
      assert.deepEqual(await page.evaluate(() => [sync.status.reason, asked]), ["needs_auth", 2]);
      assert.deepEqual(server.requests.map(({ token }) => token), ["Bearer token 1", "Bearer token 2"]);
    });

    it("that forbids the notes stops as `refused`, with its words", BOUND, async (t) => {
      const { server, page } = await open(t);
      server.answer = () => [403, { message: "Suspended" }];
      await page.evaluate(() => connect("stopped"));
      assert.deepEqual(await page.evaluate(() => [sync.status.reason, errors.map(({ code, detail }) => [code, detail])]), ["refused", [["refused", "Suspended"]]]);
    });

    it("without folders, or with a bare list of them, is read all the same", BOUND, async (t) => {
      const { server, page } = await open(t);
      server.add({ title: "Plain", content: "" });
      server.answer = ({ path }) => (path === "/folders" ? [404, { error: "Not found" }] : undefined);
      await page.evaluate(() => connect("live"));
      assert.deepEqual(await page.evaluate(async () => [await titles(), await sync.folders(), codes()]), [["Plain"], [], []]);
      server.answer = ({ path }) => (path === "/folders" ? [200, [{ id: "f1", name: "Folder" }]] : undefined);
      await page.evaluate(() => (sync.reconnect(), until(async () => (await sync.folders())[0]?.name === "Folder")));
    });

    it("that gives no secret gets frames without a signature, also with `sign`", BOUND, async (t) => {
      const { server, page } = await open(t, { options: { sign: true } });
      const { id } = server.add({ title: "Plain", content: "" });
      await page.evaluate(() => connect("live"));
      assert.equal(await page.evaluate((id) => acknowledged(sync.updateNote(id, { starred: true })), id), "confirmed");
      assert.ok(server.frames.every((frame) => frame.signature === undefined));
    });

    it("that says what nobody understands keeps its connection, and is reported", BOUND, async (t) => {
      const { server, page } = await open(t);
      const { id } = server.add({ title: "Plain", content: "" });
      await page.evaluate(() => connect("live"));
      for (const frame of ["no JSON", "[]", "{}", { type: 7 }, { type: "note_sync" }, { type: "note_renamed" }, { type: "note_renamed" }, "x".repeat(1_048_577)]) server.tell(frame);
      server.tell({ type: "error", message: "Something" });
      await page.evaluate(() => until(() => codes().includes("server_error")));
      const told = await page.evaluate(() => errors.map(({ code, detail }) => [code, detail].filter(Boolean).join(" ")));
      assert.deepEqual(told.sort(), ["bad_event", "bad_frame", "bad_frame", "bad_frame", "bad_frame", "frame_too_large", "server_error Something", "unknown_frame note_renamed"]);
      assert.equal(await page.evaluate((id) => acknowledged(sync.updateNote(id, { starred: true })), id), "confirmed");
      assert.equal(server.dialled, 1);
    });
  });
}
