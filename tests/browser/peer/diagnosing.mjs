import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDevice, openPeerPage, openTwoTabs } from "../peer-page.mjs";
import { eventually } from "../poll.mjs";
import { USER_ID } from "../peer.mjs";
import { trapOnce } from "./crashing.mjs";

const BOUND = { timeout: 60_000 };

/** What a page logs, each message as its words, from a fresh load of it on. */
async function logged(browser, t, debug) {
  const { peer, page, reload } = await openPeerPage(browser, (end) => t.after(end));
  await page.evaluate((debug) => (debug === undefined ? localStorage.removeItem("debug") : localStorage.setItem("debug", debug)), debug);
  const lines = [];
  page.on("console", (message) => lines.push(message.text()));
  await reload();
  await page.evaluate(() => connect("live"));
  await page.evaluate(() => push("bm_1", "Rust").then(({ acknowledged }) => acknowledged));
  peer.send("no JSON");
  await page.evaluate(() => until(() => errors.length > 0));
  return lines;
}

export function diagnosing(browser) {
  describe("the log", () => {
    it("has each area where all are asked for, and no address with its query", BOUND, async (t) => {
      const lines = await logged(browser, t, "sealwire:*");
      const areas = [...new Set(lines.map((line) => line.split(" ")[0]))].sort();
      for (const area of ["change", "error", "http", "socket", "status"]) assert.ok(areas.includes(`sealwire:${area}`), areas.join());
      for (const [what, pattern] of Object.entries({
        "the dial": /^sealwire:socket dial ws:\/\/127\.0\.0\.1:\d+\/api\/v1\/sync\/realtime$/,
        "a frame that came": /^sealwire:socket < connected \d+$/,
        "a frame that went": /^sealwire:socket > sync \d+$/,
        "a request": /^sealwire:http POST http:\/\/127\.0\.0\.1:\d+\/api\/v1\/sync\/pull 200$/,
        "a change": /^sealwire:change local update bookmark bm_1$/,
        "the change's end": /^sealwire:change sync_\S+ confirmed$/,
        "the state": /^sealwire:status live null 0 pending$/,
        "an error": /^sealwire:error bad_frame/,
      })) {
        assert.ok(lines.some((line) => pattern.test(line)), `${what} in\n${lines.join("\n")}`);
      }
      assert.ok(lines.every((line) => !line.includes(USER_ID) && !line.includes("?")), lines.join("\n"));
    });

    for (const [debug, areas] of [
      [undefined, []],
      ["other:*", []],
      ["websocket:*", "all"],
      ["other:* sealwire:http", ["sealwire:http"]],
      ["sealwire:c*,other:none", ["sealwire:change"]],
    ]) {
      it(`asked for by ${debug} has ${areas === "all" ? "all areas" : `these: ${areas}`}`, BOUND, async (t) => {
        const lines = await logged(browser, t, debug);
        const told = [...new Set(lines.map((line) => line.split(" ")[0]))].filter((area) => area !== "sealwire:tabs" && area !== "sealwire:storage").sort();
        assert.deepEqual(told, areas === "all" ? ["change", "error", "http", "socket", "status"].map((area) => `sealwire:${area}`) : areas);
      });
    }
  });

  describe("a report for a bug", () => {
    it("counts what went over the wire, what was sent again, what met, and the errors", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await page.evaluate(() => push("bm_1", "Rust").then(({ acknowledged }) => acknowledged));
      const first = await page.evaluate(() => sync.diagnostics());
      const { framesSent, bytesSent, framesReceived, bytesReceived, requests, ...rest } = first.counters;
      assert.ok(framesSent >= 1 && bytesSent > 300 && framesReceived >= 1 && bytesReceived > 40 && requests >= 2, JSON.stringify(first.counters));
      assert.deepEqual(rest, { dials: 1, reconnects: 0, resends: 0, conflicts: 0 });
      assert.deepEqual(first.errors, []);

      // Another device's change, which this one has not seen when it makes its own.
      const other = await openDevice(peer, browser, (end) => t.after(end));
      await other.evaluate(() => connect("live"));
      await other.evaluate(() => push("bm_1", "Theirs"));
      const [, event] = await peer.received(2);
      await other.close();

      // One that waits meets it, and is sent again after the connection was lost.
      peer.isMute = true;
      await page.evaluate(() => push("bm_1", "Mine"));
      await peer.received(3);
      peer.send({ type: "sync", event });
      peer.send({ type: "sync", event });
      await page.evaluate(() => until(() => sync.diagnostics().counters.conflicts > 0));
      peer.drop();
      await peer.received(4);
      peer.send("no JSON");
      peer.send("no JSON");
      await page.evaluate(() => until(() => errors.filter(({ code }) => code === "bad_frame").length === 2));
      const second = await page.evaluate(() => sync.diagnostics());
      const { dials, reconnects, resends, conflicts } = second.counters;
      assert.deepEqual({ dials, reconnects, resends, conflicts }, { dials: 2, reconnects: 1, resends: 1, conflicts: 1 });
      const told = second.errors.map(({ code, times }) => [code, times]);
      assert.deepEqual([told[0], told.at(-1)], [["connection_lost", 1], ["bad_frame", 2]]);
      assert.equal(second.status.lastClose.code, 1006);
    });

    it("is plain JSON without the account, a key or a content", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      await page.evaluate(() => connect("live"));
      await page.evaluate(() => push("bm_1", "Canary").then(({ acknowledged }) => acknowledged));
      const [report, isPlain, told] = await page.evaluate(() => {
        const report = sync.diagnostics();
        const text = JSON.stringify(report);
        return [report, JSON.stringify(JSON.parse(text)) === text, { agent: navigator.userAgent, status: sync.status }];
      });
      assert.ok(isPlain);
      const { version, at, dialect, server, status, page: facts } = report;
      assert.match(version, /^\d+\.\d+\.\d+$/);
      assert.ok(Math.abs(at - Date.now()) < 60_000);
      assert.deepEqual([dialect, server, status], ["bitmarks", peer.origin.replace("http", "ws"), told.status]);
      assert.deepEqual(facts, {
        userAgent: told.agent, isSecure: true, isOnline: true, isVisible: true, hasIndexedDb: true, hasLocks: true, hasBroadcastChannel: true,
      });
      const text = JSON.stringify(report);
      for (const secret of [USER_ID, "Canary", "bm_1", await page.evaluate(() => sync.deviceId)]) assert.ok(!text.includes(secret), `${secret} in ${text}`);
    });

    it("can be had before the engine is there, after a crash, and after the end", BOUND, async (t) => {
      const { peer, page } = await openPeerPage(browser, (end) => t.after(end));
      const early = await page.evaluate(() => {
        const loading = new sealwire.RealtimeSyncManager(userId, "device_1", new Uint8Array(32), { url });
        const report = loading.diagnostics();
        loading.close();
        return report;
      });
      assert.deepEqual([early.dialect, early.server, early.counters.framesSent, early.errors], [null, null, 0, []]);
      await page.evaluate(() => connect("live"));
      await page.evaluate(() => push("bm_1", "Rust"));
      await peer.received(1);
      await page.evaluate(trapOnce);
      peer.send({ type: "pong" });
      await page.evaluate(() => until(() => errors.length > 0));
      const crashed = await page.evaluate(() => sync.diagnostics());
      assert.deepEqual([crashed.dialect, crashed.status.reason, crashed.errors.map(({ code }) => code)], ["bitmarks", "engine_crashed", ["engine_crashed"]]);
      assert.ok(crashed.counters.framesSent > 0);
      assert.equal(await page.evaluate(() => (sync.close(), sync.diagnostics().dialect)), "bitmarks");
    });
  });

  describe("a trap with more than one manager", () => {
    it("is told to every manager of the page, and another tab sends", BOUND, async (t) => {
      const { peer, first, second } = await openTwoTabs(browser, (end) => t.after(end));
      await first.evaluate(async () => {
        globalThis.others = [await manager({ userId: "another" }), await manager({ userId: "a third" })];
        globalThis.told = [];
        others.forEach((other, place) => other.on("error", ({ code }) => told.push([place, code])));
        // One that throws keeps none of the others from being told.
        others[0].on("error", () => { throw new Error("a listener's own"); });
        others[1].on("error", ({ code }) => told.push(["again", code]));
      });
      await first.evaluate(() => push("bm_1", "Rust"));
      await first.evaluate(trapOnce);
      peer.send({ type: "pong" });
      await first.evaluate(() => until(() => told.length === 3 && errors.length === 3));
      assert.deepEqual(await first.evaluate(() => [told, errors.map(({ code }) => code)]), [
        [[0, "engine_crashed"], [1, "engine_crashed"], ["again", "engine_crashed"]],
        ["engine_crashed", "engine_crashed", "engine_crashed"],
      ]);
      assert.deepEqual(await first.evaluate(() => Promise.all([sync, ...others].map((one) => codeOf(() => one.get("bookmark", "bm_1"))))), Array(3).fill("engine_crashed"));
      // The lock went with the engine.
      await second.evaluate(() => live(sync));
      await second.evaluate(() => push("bm_2", "Wasm").then(({ acknowledged }) => acknowledged));
      assert.deepEqual(await second.evaluate(() => titles()), { bm_1: "Rust", bm_2: "Wasm" });
      // On a fresh instance the page follows.
      await first.evaluate(() => connect("following"));
      assert.deepEqual(await first.evaluate(() => titles()), { bm_1: "Rust", bm_2: "Wasm" });
      await eventually("one socket", () => peer.open === 1);
    });
  });
}
