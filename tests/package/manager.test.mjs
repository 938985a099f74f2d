// What the wrapper adds to the engine's manager: it may be used before the engine is there, and outlives one that crashes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { libraryPages } from "./library.mjs";

// A promise in the page that never ends has to fail the test, not hold it.
const BOUND = { timeout: 30_000 };

let pages;
before(async () => (pages = await libraryPages()));
after(() => pages?.close());

async function inPage(entry, story) {
  const { page, problems, close } = await pages.open(entry);
  const told = await page.evaluate(story);
  await close();
  return { told, problems };
}

test("calls before the engine is there run in order", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const sync = positional();
    const titles = [];
    sync.on("change", ({ data }) => titles.push(data.title));
    const before = { deviceId: sync.deviceId, state: sync.status.state, frozen: Object.isFrozen(sync.status), same: sync.status === sync.status };
    await Promise.all([
      sync.pushChange("bookmark", "bm_1", "create", { title: "first" }),
      sync.pushChange("bookmark", "bm_1", "update", { title: "second" }),
    ]);
    const { data } = await sync.get("bookmark", "bm_1");
    return { before, titles, title: data.title, deviceId: sync.deviceId };
  });
  assert.deepEqual(told, {
    before: { deviceId: null, state: "idle", frozen: true, same: true },
    titles: ["first", "second"],
    title: "second",
    deviceId: "device_1",
  });
});

test("what is pushed before the engine is there is taken at the call", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const sync = positional();
    const data = { title: "as pushed" };
    const pushed = sync.pushChange("bookmark", "bm_1", "create", data);
    data.title = "changed afterwards";
    await pushed;
    return (await sync.get("bookmark", "bm_1")).data.title;
  });
  assert.equal(told, "as pushed");
});

test("a listener that was ended before the engine is there is never called", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const sync = positional();
    let calls = 0;
    sync.on("change", () => calls++)();
    await sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
    return calls;
  });
  assert.equal(told, 0);
});

test("the positional constructor checks its arguments at once", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const { RealtimeSyncManager } = sealwire;
    const key = new Uint8Array(32);
    return Promise.all([
      codeOf(() => new RealtimeSyncManager(undefined, "device_1", key)),
      codeOf(() => new RealtimeSyncManager("user_1", 1, key)),
      codeOf(() => new RealtimeSyncManager("user_1", "device_1", "password")),
      codeOf(() => new RealtimeSyncManager("user_1", "device_1", new Uint8Array(31))),
    ]);
  });
  assert.deepEqual(told, ["bad_option userId", "bad_option deviceId", "bad_option key", "bad_option key"]);
});

test("what the engine refuses later reaches `ready`, the `error` event and every waiting call", BOUND, async () => {
  const { told, problems } = await inPage("index", async () => {
    const sync = new sealwire.RealtimeSyncManager("user_1", "device_1", new Uint8Array(32), { url: "https://no.socket.example/" });
    const reported = new Promise((resolve) => sync.on("error", resolve));
    const pushed = codeOf(() => sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" }));
    const { code, fault } = await reported;
    return { code, fault, ready: await codeOf(() => sync.ready), pushed: await pushed, later: await codeOf(() => sync.connect()) };
  });
  const refused = "bad_option url";
  assert.deepEqual(told, { code: "bad_option", fault: "app", ready: refused, pushed: refused, later: refused });
  assert.deepEqual(problems, []);
});

test("an app may wipe its key as soon as it has called open", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const key = crypto.getRandomValues(new Uint8Array(32));
    const opening = sealwire.RealtimeSyncManager.open({ ...options(), key });
    const same = new Uint8Array(key);
    key.fill(0);
    const first = await opening;
    await first.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
    first.close();
    const second = await sealwire.RealtimeSyncManager.open({ ...options(), key: same });
    return (await second.get("bookmark", "bm_1")).data;
  });
  assert.deepEqual(told, { title: "Rust" });
});

test("close before the engine is there leaves nothing behind", BOUND, async () => {
  const { told, problems } = await inPage("index", async () => {
    const sync = positional();
    const reports = [];
    sync.on("error", (report) => reports.push(report));
    const pushed = codeOf(() => sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" }));
    sync.close();
    const ready = await codeOf(() => sync.ready);
    return { ready, pushed: await pushed, reports, databases: await indexedDB.databases() };
  });
  assert.deepEqual(told, { ready: "closed", pushed: "closed", reports: [], databases: [] });
  assert.deepEqual(problems, []);
});

test("after close every call says so, and close may be repeated", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const sync = await sealwire.RealtimeSyncManager.open(options());
    const end = sync.on("change", () => {});
    const receipt = await sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
    sync.close();
    sync.close();
    sync.free();
    end();
    const calls = [
      () => sync.connect(), () => sync.disconnect(), () => sync.reconnect(), () => sync.on("change", () => {}),
      () => sync.pushChange("bookmark", "bm_1", "delete"), () => sync.get("bookmark", "bm_1"), () => sync.list("bookmark"),
      () => receipt.cancel(), () => sync.receipt(receipt.id), () => sync.changesSince(0),
      () => sync.wedged(), () => sync.retry(receipt.id), () => sync.discard(receipt.id), () => sync.forget(),
    ];
    return Promise.all(calls.map(codeOf));
  });
  assert.deepEqual(told, Array(14).fill("closed"));
});

test("what is left for a later version says so", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const { RealtimeSyncManager, glint, typelets } = sealwire;
    const calls = [
      () => RealtimeSyncManager.open(glint({ origin: "https://example.org", teamId: "team_1", setId: "set_1", me: { id: "user_1" } })),
      () => RealtimeSyncManager.open(typelets({ api: "https://example.org", userId: "user_1", getToken: () => "" })),
    ];
    return Promise.all(calls.map(codeOf));
  });
  assert.deepEqual(told, Array(2).fill("not_available"));
});

test("of a change that does not exist there is no receipt and nothing to decide", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const sync = await sealwire.RealtimeSyncManager.open(options());
    const receipt = await sync.receipt("sync_1");
    return { receipt: typeof receipt, retried: await sync.retry("sync_1"), discarded: await sync.discard("sync_1"), wedged: await sync.wedged() };
  });
  assert.deepEqual(told, { receipt: "undefined", retried: false, discarded: false, wedged: [] });
});

test("a receipt can be asked for and used before the engine is there", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const sync = positional();
    const pushed = sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
    const changes = sync.changesSince(0);
    const { id, acknowledged } = await pushed;
    const again = await sync.receipt(id);
    const { revision, reset } = await changes;
    const told = { isFrozen: Object.isFrozen(again), isSame: again.acknowledged === acknowledged, reset, isRevision: Number.isInteger(revision) };
    return { ...told, cancelled: [await again.cancel(), await again.cancel()], outcome: await acknowledged, left: await sync.list("bookmark") };
  });
  assert.deepEqual(told, { isFrozen: true, isSame: true, reset: false, isRevision: true, cancelled: [true, false], outcome: "cancelled", left: [] });
});

test("a wasm that cannot be loaded reaches `ready`, the `error` event and every waiting call, and is tried again", BOUND, async () => {
  const { page, problems, close } = await pages.open("slim");
  await page.route("**/sealwire.wasm.deflate", (route) => route.fulfill({ status: 503 }));
  const told = await page.evaluate(async () => {
    const sync = positional();
    const reported = new Promise((resolve) => sync.on("error", resolve));
    const pushed = codeOf(() => sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" }));
    const { code, fault, detail } = await reported;
    return { code, fault, tellsWhy: detail.includes("503"), state: sync.status.state, ready: await codeOf(() => sync.ready), pushed: await pushed, opened: await codeOf(() => sealwire.init()) };
  });
  assert.deepEqual(told, { code: "wasm_failed", fault: "browser", tellsWhy: true, state: "stopped", ready: "wasm_failed", pushed: "wasm_failed", opened: "wasm_failed" });
  assert.deepEqual(problems.filter((problem) => !problem.includes("503")), []);

  await page.unroute("**/sealwire.wasm.deflate");
  assert.equal(await page.evaluate(async () => (await sealwire.RealtimeSyncManager.open(options())).status.state), "idle");
  await close();
});

test("a failure that nobody waits for is no unhandled rejection", BOUND, async () => {
  const { page, close } = await pages.open("slim");
  await page.route("**/sealwire.wasm.deflate", (route) => route.fulfill({ status: 503 }));
  const told = await page.evaluate(async () => {
    const unhandled = [];
    // The browser tells of them in order, so that a last one of the test's own shows that there was none before.
    const lastTold = new Promise((resolve) => {
      addEventListener("unhandledrejection", ({ reason }) => {
        unhandled.push(String(reason));
        if (reason === "last") resolve();
      });
    });
    const sync = positional();
    await new Promise((resolve) => sync.on("error", resolve));
    Promise.reject("last");
    await lastTold;
    return unhandled;
  });
  assert.deepEqual(told, ["last"]);
  await close();
});

test("sealwire/slim takes a wasm that is served as whatever a server makes of an unknown file", BOUND, async () => {
  const { page, close } = await pages.open("slim");
  await page.route("**/sealwire.wasm.deflate", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { "Content-Type": "text/plain; charset=utf-8" } });
  });
  assert.equal(await page.evaluate(async () => (await sealwire.RealtimeSyncManager.open(options())).status.state), "idle");
  await close();
});

test("initSync starts the engine from given bytes", BOUND, async () => {
  const { page, close } = await pages.open("slim");
  const told = await page.evaluate(async () => {
    const response = await fetch("./node_modules/sealwire/sealwire.wasm");
    const bytes = await response.arrayBuffer();
    const wrong = await codeOf(() => sealwire.initSync(new Uint8Array(8)));
    sealwire.initSync(bytes);
    const loads = () => performance.getEntriesByType("resource").filter(({ name }) => name.includes(".wasm")).length;
    const before = loads();
    const sync = await sealwire.RealtimeSyncManager.open(options());
    return { wrong, state: sync.status.state, loadedAgain: loads() - before };
  });
  assert.deepEqual(told, { wrong: "wasm_failed", state: "idle", loadedAgain: 0 });
  await close();
});

test("a policy without 'wasm-unsafe-eval' is told as wasm_failed", BOUND, async () => {
  const { page, close } = await pages.open("index");
  await page.evaluate(() => {
    const policy = document.createElement("meta");
    policy.httpEquiv = "Content-Security-Policy";
    policy.content = "script-src 'self'";
    document.head.append(policy);
  });
  assert.equal(await page.evaluate(() => codeOf(() => sealwire.init())), "wasm_failed");
  await close();
});

test("after a crash a new manager starts on a fresh engine and finds what was stored", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    const { instantiate } = WebAssembly;
    let engines = 0;
    WebAssembly.instantiate = (...given) => {
      engines += 1;
      return instantiate(...given);
    };

    const crashing = await sealwire.RealtimeSyncManager.open(options());
    await crashing.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
    const crashed = new Promise((resolve) => crashing.on("error", ({ code, fault }) => resolve({ code, fault })));
    // The engine calls it for an event id. What it throws unwinds the engine as a trap does.
    crypto.getRandomValues = () => {
      throw new WebAssembly.RuntimeError("unreachable");
    };
    const failed = await codeOf(() => crashing.pushChange("bookmark", "bm_2", "create", { title: "lost" }));
    const report = await crashed;
    delete crypto.getRandomValues;
    const { state, reason } = crashing.status;
    crashing.close();

    const fresh = await sealwire.RealtimeSyncManager.open(options());
    const { data } = await fresh.get("bookmark", "bm_1");
    const { durability } = await fresh.pushChange("bookmark", "bm_3", "create", { title: "goes on" });
    return { report, failed, state, reason, engines, data, durability };
  });
  assert.deepEqual(told, {
    report: { code: "engine_crashed", fault: "library" },
    failed: "engine_crashed",
    state: "stopped",
    reason: "engine_crashed",
    engines: 2,
    data: { title: "Rust" },
    durability: "strict",
  });
});

test("a manager that nothing refers to goes on until it is closed", BOUND, async () => {
  const { told } = await inPage("index", async () => {
    let attempts = 0;
    const attempted = async (count) => {
      for (let waited = 0; attempts < count && waited < 20_000; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
      return attempts >= count;
    };
    const forgetful = async () => {
      const sync = await sealwire.RealtimeSyncManager.open(options());
      sync.on("status", (status) => (attempts = status.attempts));
      sync.connect();
    };
    await forgetful();
    const before = await attempted(1);
    gc();
    return { before, after: await attempted(attempts + 2) };
  });
  assert.deepEqual(told, { before: true, after: true });
});

test("device ids are random and fit the protocol", BOUND, async () => {
  const { told } = await inPage("index", () => [sealwire.generateDeviceId(), sealwire.generateDeviceId()]);
  for (const id of told) assert.match(id, /^device_[0-9a-f-]{36}$/);
  assert.notEqual(told[0], told[1]);
});
