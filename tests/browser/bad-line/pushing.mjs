import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { User } from "../../worker/client.mjs";
import { startBadLine } from "../bad-line.mjs";
import { eventually } from "../poll.mjs";
import { openUserPage } from "../worker-page.mjs";

const PUSHES = 50;
const BOUND = { timeout: 180_000 };

/** What a line does while both devices push, until `over` resolves; and how it shows that a page has met with it. */
const FAULTS = {
  "cuts everything into pieces of a few bytes": { fault: "slice" },
  "delivers each frame of the server twice": { fault: "twice", met: ({ acks }) => acks.length > new Set(acks).size },
  "resets each socket after a few frames": { fault: "reset", over: (line) => eventually("another dial", () => line.dialled >= 3), met: ({ codes }) => codes.includes("connection_lost") },
  "resets all sockets now and then": { over: resetNowAndThen, met: ({ codes }) => codes.includes("connection_lost") },
  "answers dials by 503 for a while": { fault: "unavailable", over: refuse, met: ({ codes }) => codes.includes("dial_failed") },
  "is a black hole for a while": { fault: "blackHole", over: () => sleep(12_000), met: ({ codes }) => codes.includes("no_pong") },
  "loses its sockets, and nobody says so": { over: loseThem, met: ({ codes }) => codes.includes("no_pong") },
  "carries 4 kB a second": { rate: 4_000, met: ({ codes }) => codes.length === 0 },
};

async function resetNowAndThen(line) {
  for (let count = 0; count < 10; count++) {
    line.reset();
    await sleep(300);
  }
}

async function refuse(line) {
  const { dialled } = line;
  line.reset();
  await eventually("six dials", () => line.dialled >= dialled + 6);
}

async function loseThem(line) {
  line.halfOpen();
  await eventually("two more dials", () => line.dialled >= 4);
}

/** Pushes, every fifth change to an entity that the other device changes as well, and leaves room for what comes in between. */
async function pushMany({ device, count }) {
  const receipts = [];
  for (let index = 0; index < count; index++) {
    receipts.push(push(index % 5 === 0 ? `bm_shared_${index % 3}` : `bm_${device}_${index}`, `${index} of device ${device} ${"x".repeat(200)}`));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  globalThis.receipts = await Promise.all(receipts);
}

const outcomes = (page) => page.evaluate(() => Promise.all(receipts.map(async ({ id, acknowledged }) => [id, await acknowledged])));

export function pushing(server, browser) {
  describe("two devices that push over a line which", { concurrency: 4 }, () => {
    for (const [name, { fault, rate, over = async () => {}, met = () => true }] of Object.entries(FAULTS)) {
      it(`${name}: each change is on the server once, and both show it`, BOUND, async (t) => {
        const [line, user] = await Promise.all([startBadLine(server), User.register(server)]);
        t.after(() => line.close());
        const pages = await Promise.all([1, 2].map(async () => {
          const context = await browser.newContext();
          t.after(() => context.close());
          return openUserPage(context, line, user);
        }));
        const acks = pages.map((page) => recordAcks(page));
        await Promise.all(pages.map((page) => page.evaluate(() => connect("live"))));
        Object.assign(line, { fault: fault ?? "good", rate: rate ?? Infinity });
        await Promise.all([over(line), ...pages.map((page, device) => page.evaluate(pushMany, { device, count: PUSHES }))]);
        Object.assign(line, fault === "slice" || fault === "twice" ? {} : { fault: "good" });

        const ended = (await Promise.all(pages.map(outcomes))).flat();
        assert.equal(ended.length, 2 * PUSHES);
        assert.deepEqual(ended.filter(([, outcome]) => !["confirmed", "superseded"].includes(outcome)), []);
        await Promise.all(pages.map((page) => page.evaluate(() => until(() => sync.status.state === "live" && sync.status.pending === 0))));
        const held = await user.log();
        assert.equal(new Set(held.map(({ entity_id }) => entity_id)).size, held.length);
        const mine = new Set(ended.map(([id]) => id));
        assert.deepEqual(held.filter(({ id }) => !mine.has(id)), []);
        for (const page of pages) await eventually("all of it shown", async () => Object.keys(await page.evaluate(() => titles())).length === held.length);
        const [one, other] = await eventually("the same shown", () => Promise.all(pages.map((page) => page.evaluate(() => titles()))), {
          until: ([one, other]) => JSON.stringify(one) === JSON.stringify(other),
        });
        assert.deepEqual(one, other);
        assert.equal(Object.keys(one).length, 2 * (PUSHES - PUSHES / 5) + 3);

        const seen = await Promise.all(pages.map(async (page, index) => ({ acks: acks[index], codes: await page.evaluate(() => errors.map(({ code }) => code)) })));
        assert.ok(seen.some(met), `no page has met with it: ${JSON.stringify(seen.map(({ codes }) => codes))}`);
        // Nothing is told twice: each version of an entity comes once.
        for (const page of pages) {
          const told = await page.evaluate(() => changes.map(({ entityId, timestamp, deviceId }) => [entityId, timestamp, deviceId].join(" ")));
          assert.deepEqual(told.filter((version, index) => told.indexOf(version) !== index), []);
        }
      });
    }
  });
}

/** The ids that the server acknowledges to a page, from now on. */
function recordAcks(page) {
  const acks = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const { type, ids } = JSON.parse(payload);
      if (type === "ack") acks.push(...ids);
    });
  });
  return acks;
}
