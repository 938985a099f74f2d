/** Managers that are opened and closed again and again, in a real browser: what they leave behind in the page. */
import assert from "node:assert/strict";
import { after, it } from "node:test";
import { transform } from "esbuild";
import { launchChromium } from "../package/browser.mjs";
import { countWhatIsOpen, cycle } from "./cycles/page.mjs";
import { ME, startGlint, TEAM } from "./glint/server.mjs";
import { startPeer, USER_ID } from "./peer.mjs";
import { startTypelets } from "./typelets/server.mjs";

const BOUND = { timeout: 120_000 };

/** What a page's first managers leave is there once: the engine, compiled code, caches. Some of that comes late, but not in each of these. */
const BATCHES = 4;

/** Less than any object that a manager could leave. */
const BYTES_A_CYCLE = 100;

const browser = await launchChromium();
after(() => browser.close());

const DIALECTS = [
  { entry: "sealwire", cycles: 1000, start: startPeer, given: ({ url }) => ({ url, userId: USER_ID, key: 7 }) },
  { entry: "sealwire/glint", cycles: 500, start: startGlint, given: ({ origin }) => ({ origin, teamId: TEAM, setId: "inbox", me: { id: ME.id } }) },
  { entry: "sealwire/typelets", cycles: 500, start: startTypelets, given: ({ options }) => ({ ...options, content: "plain", token: "token" }) },
];

for (const { entry, cycles, start, given } of DIALECTS) {
  it(`${cycles.toLocaleString("en")} managers of ${entry} leave no listener, timer, lock, channel, connection or growing memory`, BOUND, async (t) => {
    const server = await start();
    t.after(() => server.close());
    const context = await browser.newContext();
    t.after(() => context.close());
    await context.addInitScript(countWhatIsOpen);
    const page = await context.newPage();
    await page.goto(server.origin);
    await page.waitForFunction(() => globalThis.sealwire !== undefined);

    const { heap: _, wasm: __, ...before } = await held(page);
    assert.deepEqual({ ...before, listeners: 0 }, { listeners: 0, timers: 0, channels: 0, sockets: 0, databases: 0, locks: 0 });
    const run = (count) => page.evaluate(cycle, { count, given: given(server) });
    await run(cycles / BATCHES);
    const grown = [];
    for (let batch = 0, last = await held(page); batch < BATCHES; batch += 1) {
      await run(cycles / BATCHES);
      const { heap, wasm, ...left } = await held(page);
      assert.deepEqual(left, before);
      grown.push({ heap: heap - last.heap, wasm: wasm - last.wasm });
      last = { heap, wasm };
    }
    assert.ok(Math.min(...grown.map(({ heap }) => heap)) < (BYTES_A_CYCLE * cycles) / BATCHES, `the page's memory: ${JSON.stringify(grown)}`);
    // It cannot shrink, and grows by 64 KiB at once.
    assert.equal(Math.min(...grown.map(({ wasm }) => wasm)), 0, `the engine's memory: ${JSON.stringify(grown)}`);
    t.diagnostic(JSON.stringify(grown));
  });
}

it("a block's `using`, as compilers have it, closes a manager in a browser that has no such symbol", BOUND, async (t) => {
  const server = await startPeer();
  t.after(() => server.close());
  const context = await browser.newContext();
  t.after(() => context.close());
  await context.addInitScript(() => {
    const given = Symbol;
    globalThis.Symbol = (text) => given(text);
    for (const name of ["for", "iterator", "asyncIterator", "hasInstance", "toPrimitive", "toStringTag", "species", "prototype"]) Symbol[name] = given[name];
  });
  await context.addInitScript(countWhatIsOpen);
  const page = await context.newPage();
  await page.goto(server.origin);
  await page.waitForFunction(() => globalThis.sealwire !== undefined);
  const block = `globalThis.block = async (given) => {
    using sync = await sealwire.RealtimeSyncManager.open(sealwire.bitmarks({ ...given, key: new Uint8Array(32) }));
    sync.connect();
    await sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
    return sync;
  }`;
  const { code } = await transform(block, { target: "es2022" });
  await page.evaluate(code);
  const ended = await page.evaluate(async (given) => (await block(given)).get("bookmark", "bm_1").catch(({ code }) => code), { url: server.url, userId: USER_ID });
  assert.equal(ended, "closed");
  const { heap: _, wasm: __, listeners: ___, ...left } = await held(page);
  assert.deepEqual(left, { timers: 0, channels: 0, sockets: 0, databases: 0, locks: 0 });
});

/** What the page holds once everything has ended that is about to. */
async function held(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  // A finaliser runs after one collection, and what it lets go of falls to the next.
  for (let round = 0; round < 5; round += 1) {
    await session.send("HeapProfiler.collectGarbage");
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  }
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  const metric = (name) => metrics.find((metric) => metric.name === name).value;
  return { ...(await page.evaluate(() => whatIsOpen())), listeners: metric("JSEventListeners"), heap: metric("JSHeapUsedSize") };
}
