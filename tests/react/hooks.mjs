import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trapOnce } from "../browser/peer/crashing.mjs";
import { openPeerPage } from "../browser/peer-page.mjs";
import { eventually, is } from "../browser/poll.mjs";
import { bundle } from "./bundle.mjs";

const BOUND = { timeout: 90_000 };
const ROWS = 1_000;
const EVENTS = 200;

export async function hooks(browser, version) {
  const open = async (t, content = "counting") => {
    const opened = await openPeerPage(browser, (end) => t.after(end));
    const warnings = [];
    opened.page.on("console", (message) => ["error", "warning"].includes(message.type()) && warnings.push(message.text()));
    await opened.page.addScriptTag({ content: await bundle(content, version) });
    // A manager for the provider; how many were opened.
    await opened.page.evaluate(() => {
      globalThis.opened = 0;
      globalThis.openOne = async (account) => {
        opened += 1;
        return manager(account === "one" ? {} : { userId: account });
      };
    });
    const shown = (id) => opened.page.locator(`#${id}`).innerText();
    const shows = (id, text) => eventually(`${text} in ${id}`, () => shown(id), { until: is(text) });
    const titles = () => opened.page.locator("li").allInnerTexts();
    return { ...opened, warnings, shown, shows, titles };
  };

  describe(`a provider of React ${version}`, () => {
    it("opens one manager and one socket under StrictMode, and closes both when it goes", BOUND, async (t) => {
      const { peer, page, warnings, shows } = await open(t);
      await page.evaluate(() => (globalThis.unmount = react.mount(openOne, true)));
      await shows("state", "live");
      assert.deepEqual([peer.dialled.length, await page.evaluate(() => opened)], [1, 1]);
      await page.evaluate(() => unmount());
      await eventually("no socket", () => peer.open, { until: is(0) });
      const { held, pending } = await page.evaluate(() => navigator.locks.query());
      assert.deepEqual([held, pending], [[], []]);
      assert.deepEqual(warnings, []);
    });

    it("opens another one for another account, and none for nobody", BOUND, async (t) => {
      const { peer, page, shows, shown } = await open(t);
      await page.evaluate(() => void react.mount(async (account) => (globalThis.sync = await openOne(account)), true));
      await shows("state", "live");
      await page.evaluate(() => push("bm_1", "Mine"));
      await shows("one-bm_1", "Mine");
      await page.evaluate(() => react.setAccount("another"));
      await shows("state", "stopped wrong_user"); // The server's session is still the first one's.
      assert.equal(await shown("one-bm_1"), "nothing");
      await page.evaluate(() => react.setAccount(null));
      await shows("manager", "none");
      await shows("state", "idle");
      assert.equal(await page.evaluate(() => opened), 2);
      await eventually("no socket", () => peer.open, { until: is(0) });
    });

    it("closes what is still being opened when it goes", BOUND, async (t) => {
      const { page } = await open(t);
      await page.evaluate(async () => {
        let arrive;
        const waiting = new Promise((resolve) => (arrive = resolve));
        let isOpening = false;
        const unmount = react.mount(async () => {
          isOpening = true;
          await waiting;
          return (globalThis.late = await manager());
        }, true);
        await until(() => isOpening);
        unmount();
        arrive();
        await until(() => globalThis.late);
      });
      await page.evaluate(() => until(async () => (await codeOf(() => late.connect())) === "closed"));
    });

    it("shows why a manager could not be opened", BOUND, async (t) => {
      const { page, shows } = await open(t);
      await page.evaluate(() => void react.mount(() => manager({ maxQueue: 0 }), true));
      await shows("state", "stopped bad_option");
    });

    it("takes a manager of the app's own, and leaves it alone", BOUND, async (t) => {
      const { page, shows } = await open(t);
      await page.evaluate(async () => {
        await connect("live");
        globalThis.mounted = react.mountGiven(null);
      });
      await shows("manager", "none");
      await page.evaluate(() => mounted.show(sync));
      await shows("state", "live");
      await page.evaluate(() => mounted.unmount());
      assert.equal(await page.evaluate(() => sync.status.state), "live");
    });
  });

  describe(`what hooks of React ${version} show`, () => {
    it("follows changes of this tab and of other devices, and what waits", BOUND, async (t) => {
      const { peer, page, shows, titles } = await open(t);
      await page.evaluate(() => void react.mount(async () => (globalThis.sync = await openOne("one")), true));
      await shows("state", "live");
      await page.evaluate(() => push("bm_1", "Rust"));
      await shows("one-bm_1", "Rust");
      assert.deepEqual(await titles(), ["Rust"]);
      // Confirmed: it is no change, but the mark goes.
      await eventually("no mark", () => page.locator("li").getAttribute("data-pending"), { until: is("false") });
      await shows("pending", "0");
      await page.evaluate(() => push("bm_1", "chosen"));
      await shows("filtered", "1");
      await page.evaluate(() => sync.pushChange("bookmark", "bm_1", "delete"));
      await shows("one-bm_1", "nothing");
      assert.deepEqual(await titles(), []);
      peer.drop();
      await eventually("it is noticed", () => page.locator("#state").innerText(), { until: (state) => state !== "live" });
    });

    it(`renders again only what has changed, with ${ROWS} rows at 100 events a second`, BOUND, async (t) => {
      const { page, shows, titles } = await open(t);
      await page.evaluate(async (rows) => {
        globalThis.sync = await manager();
        await Promise.all(Array.from({ length: rows }, (_, row) => push(`bm_${row}`, `title ${row}`)));
        globalThis.mounted = react.mountGiven(sync);
        await until(() => document.querySelectorAll("li").length === rows);
        await until(() => document.querySelector("#one-bm_1").textContent === "title 1");
      }, ROWS);
      const before = await page.evaluate(() => ({ ...react.renders }));
      // To fifty rows, one of which is shown by itself, none of which the filter takes.
      await page.evaluate(async (events) => {
        for (let event = 0; event < events; event++) {
          await push(`bm_${event % 50}`, `again ${event}`);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }, EVENTS);
      await shows("one-bm_1", `again ${EVENTS - 49}`);
      await eventually("the last one", titles, { until: (titles) => titles.includes(`again ${EVENTS - 1}`) });
      const after = await page.evaluate(() => react.renders);
      const more = (what) => after[what] - before[what];
      const each = Array.from({ length: ROWS }, (_, row) => more(`row bm_${row}`));
      assert.ok(each.slice(0, 50).every((count) => count >= 1 && count <= EVENTS / 50), `${each.slice(0, 50)}`);
      assert.deepEqual(each.slice(50).filter((count) => count !== 0), [], "rows that did not change");
      assert.ok(more("list") >= 1 && more("list") <= EVENTS, `${more("list")} of the list`);
      assert.ok(more("one bm_1") >= 1 && more("one bm_1") <= EVENTS / 50, `${more("one bm_1")} of the one`);
      assert.deepEqual([more("one none"), more("filtered")], [0, 0]);
      t.diagnostic(`${EVENTS} events: the list ${more("list")} times, all rows together ${each.reduce((sum, count) => sum + count)} times`);
    });

    it("is the same object until it changes", BOUND, async (t) => {
      const { page } = await open(t);
      const [list, one] = await page.evaluate(async () => {
        await connect("live");
        await push("bm_1", "Rust");
        globalThis.mounted = react.mountGiven(sync);
        await until(() => document.querySelectorAll("li").length === 1 && sync.status.pending === 0);
        await new Promise((resolve) => setTimeout(resolve, 300)); // Longer than what waits is looked for.
        const renders = () => [react.renders.list, react.renders["one bm_1"]];
        const before = renders();
        sync.reconnect();
        await until(() => sync.status.state !== "live");
        await live(sync);
        await new Promise((resolve) => setTimeout(resolve, 300));
        return renders().map((count, place) => count - before[place]);
      });
      assert.deepEqual([list, one], [0, 0]);
    });

    it("is the same in all components of a commit, also where it changes while they are rendered", BOUND, async (t) => {
      const { page } = await open(t, "tearing");
      const commits = await page.evaluate(async () => {
        globalThis.sync = await manager();
        await push("bm_1", "title 0");
        react.mount(sync);
        await until(() => document.querySelector("i")?.textContent === "title 0");
        for (let round = 1; round <= 10; round++) {
          react.again(round);
          await new Promise((resolve) => setTimeout(resolve, 30)); // Amid the rendering, which takes 120 ms.
          await push("bm_1", `title ${round}`);
          await until(() => document.querySelector("i").textContent === `title ${round}` && document.querySelector("i").dataset.round === `${round}`);
        }
        return react.commits;
      });
      assert.ok(commits.length >= 10, `${commits.length} commits`);
      assert.deepEqual(commits.filter((titles) => titles.length !== 1), []);
    });

    it("is told to stop when the engine crashes", BOUND, async (t) => {
      const { peer, page, shows } = await open(t);
      await page.evaluate(async () => {
        await connect("live");
        globalThis.mounted = react.mountGiven(sync);
      });
      await shows("state", "live");
      await page.evaluate(trapOnce);
      peer.send({ type: "pong" });
      await shows("state", "stopped engine_crashed");
    });

    it("leaves no listener of the manager when it goes", BOUND, async (t) => {
      const { page } = await open(t);
      const counts = await page.evaluate(async () => {
        await connect("live");
        let listening = 0;
        const on = sync.on.bind(sync);
        sync.on = (...given) => {
          listening++;
          const end = on(...given);
          return () => (listening--, end());
        };
        const { unmount } = react.mountGiven(sync);
        await until(() => listening > 0);
        const shown = listening;
        unmount();
        await until(() => listening === 0);
        return [shown, listening];
      });
      assert.ok(counts[0] > 0 && counts[0] < 12, `${counts}`);
      assert.equal(counts[1], 0);
    });
  });
}
