import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "../glint/page.mjs";
import { openPeerPage } from "../peer-page.mjs";
import { stored } from "./database.mjs";

const BOUND = { timeout: 120_000 };
const PUSHES = 40;

/**
 * `failNext(how)` lets the browser lose the connection at the next transaction that writes, and `isLost()` tells whether it has. What is lost is the
 * browser's: what it does to a real connection when its storage process dies, and what else has been seen, is done here by a script of the page.
 */
function makeFailures() {
  const { transaction } = IDBDatabase.prototype;
  let next;
  let written = 0;
  globalThis.writtenSince = () => {
    const before = written;
    return () => written > before;
  };
  globalThis.failNext = (how) => (next = how);
  globalThis.isLost = () => next === undefined;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const how = mode === "readwrite" || next === "always" ? next : undefined;
    if (how === undefined) {
      const idb = transaction.call(this, stores, mode, options);
      if (mode === "readwrite") idb.addEventListener("complete", () => written++);
      return idb;
    }
    if (how !== "always") next = undefined;
    const error = () => new DOMException("Connection to Indexed Database server lost. Refresh the page to try again", "UnknownError");
    switch (how) {
      case "closed":
        this.close();
        break;
      case "closed and told":
        this.close();
        setTimeout(() => this.dispatchEvent(new Event("close")));
        break;
      case "thrown":
      case "always":
        throw new DOMException("The database connection is closing.", "InvalidStateError");
    }
    const idb = transaction.call(this, stores, mode, options);
    if (how === "aborted") queueMicrotask(() => idb.abort());
    if (how === "written, and told to be lost") {
      Object.defineProperty(idb, "error", { get: error });
      Object.defineProperty(idb, "oncomplete", { set: () => idb.addEventListener("complete", (event) => idb.onabort(event)) });
    }
    return idb;
  };
}

const LOSSES = ["closed", "closed and told", "thrown", "aborted", "written, and told to be lost"];

/** Pushes while the connection is lost again and again; resolves to the ids of what was pushed. */
async function pushAll({ pushes, losses, push }) {
  const one = new Function("number", `return ${push}`);
  const ids = [];
  for (let number = 0; number < pushes; number += 2) {
    failNext(losses[(number / 2) % losses.length]);
    const both = await Promise.all([one(number), one(number + 1)]);
    ids.push(...both.map(({ id }) => id));
    if (!isLost()) throw new Error("nothing was lost");
  }
  return ids;
}

export function losing(browser) {
  describe("a connection to the database that is lost", () => {
    for (const loss of LOSSES) {
      it(`(${loss}) is made again, and what was pushed is stored once: BitMarks`, BOUND, async (t) => {
        const { peer, page, problems } = await openPeerPage(browser, (end) => t.after(end), makeFailures);
        await page.evaluate(() => manager().then((opened) => (globalThis.sync = opened)));
        const push = "sync.pushChange('bookmark', 'bm_' + number, 'create', { number })";
        const ids = await page.evaluate(pushAll, { pushes: PUSHES, losses: [loss], push });
        assert.equal(new Set(ids).size, PUSHES);
        assert.equal(Object.keys((await page.evaluate(stored)).outbox).length, PUSHES);
        await page.evaluate(() => sync.connect());
        const events = await peer.received(PUSHES);
        assert.deepEqual(events.map(({ id }) => id).sort(), [...ids].sort());
        await page.evaluate(() => settled());
        assert.deepEqual([peer.events.length, problems, await page.evaluate(() => errors)], [PUSHES, [], []]);
      });
    }

    it("again and again while changes are made and sent costs none and doubles none: todos", BOUND, async (t) => {
      const { server, page, problems } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(makeFailures);
      await page.evaluate(() => connect("live"));
      const push = "sync.createTodo({ title: 'todo ' + number })";
      await page.evaluate(pushAll, { pushes: PUSHES, losses: LOSSES, push });
      // Of what is written from here on the sender writes most.
      await page.evaluate(async (losses) => {
        for (let at = 0; sync.status.pending > 0; at++) {
          failNext(losses[at % losses.length]);
          await until(() => isLost() || sync.status.pending === 0);
          const isWritten = writtenSince();
          await until(() => isWritten() || sync.status.pending === 0);
        }
      }, LOSSES);
      const titles = Array.from({ length: PUSHES }, (_, number) => `todo ${number}`).sort();
      assert.deepEqual(server.titles("inbox"), titles);
      await page.evaluate((count) => until(async () => (await titles()).length === count), PUSHES);
      assert.deepEqual([await page.evaluate(() => titles()), problems, await page.evaluate(() => errors)], [titles, [], []]);
    });

    it("for good gives storage_failed, and when the database works again, so does the manager", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end), makeFailures);
      const codes = await page.evaluate(async () => {
        globalThis.sync = await manager();
        await push("bm_1", "kept");
        failNext("always");
        const codes = [await codeOf(() => push("bm_2", "refused")), await codeOf(() => sync.get("bookmark", "bm_3"))];
        failNext(undefined);
        await push("bm_2", "kept as well");
        sync.connect();
        return codes;
      });
      assert.deepEqual(codes, ["storage_failed", "nothing thrown"]);
      assert.equal((await peer.received(2)).length, 2);
    });
  });
}
