import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { User } from "./client.mjs";

const ROWS = 1234;

export function pull(server) {
  describe("pull", () => {
    it(`hands out ${ROWS} events in pages of 100, by sequence and by time, none twice and none lost`, async () => {
      const user = await User.register(server);
      const events = Array.from({ length: ROWS }, () => user.event());
      // One request: thousands of events arrive within one reading of the server's clock.
      assert.equal((await user.post("/sync/push", { changes: events })).status, 200);

      for (const pages of [await pagesBySeq(user, 100), await pagesBySince(user, 100)]) {
        assert.deepEqual(pages.map((page) => page.changes.length), [...Array(12).fill(100), 34]);
        assert.deepEqual(pages.map((page) => page.has_more), [...Array(12).fill(true), false]);
        assert.deepEqual(pages.flatMap((page) => page.changes), events);
      }
      assert.deepEqual((await pagesBySeq(user, 100)).map((page) => page.next_seq).at(-1), ROWS);
    });

    it("does not say that there is more when a page ends with the log", async () => {
      const user = await User.register(server);
      await user.post("/sync/push", { changes: [user.event(), user.event()] });
      assert.equal((await user.pull({ after_seq: 0, limit: 2 })).has_more, false);
      assert.equal((await user.pull({ since: 0, limit: 2 })).has_more, false);
      assert.equal((await user.pull({ after_seq: 0, limit: 1 })).has_more, true);
      assert.equal((await user.pull({ since: 0, limit: 1 })).has_more, true);
    });

    it("shows an entity that changes between two pages at its new place", async () => {
      const user = await User.register(server);
      const [first, second, third] = [user.event(), user.event(), user.event()];
      await user.post("/sync/push", { changes: [first, second, third] });
      const bySeq = await user.pull({ after_seq: 0, limit: 1 });
      const bySince = await user.pull({ since: 0, limit: 1 });
      assert.deepEqual([bySeq.changes, bySince.changes], [[first], [first]]);

      const newer = user.event({ entity_id: second.entity_id, operation: "update", timestamp: second.timestamp + 1 });
      await user.post("/sync/push", { changes: [newer] });
      assert.deepEqual((await user.pull({ after_seq: bySeq.next_seq })).changes, [third, newer]);
      assert.deepEqual((await user.pull({ since: bySince.last_sync_timestamp })).changes, [third, newer]);
    });

    it("goes by arrival, so that an event written long ago and sent now is shown", async () => {
      const user = await User.register(server);
      await user.post("/sync/push", { changes: [user.event()] });
      const { last_sync_timestamp } = await user.pull({ since: 0 });
      const offline = user.event({ timestamp: Date.now() - 4 * 24 * 3_600_000 });
      await user.post("/sync/push", { changes: [offline] });
      assert.deepEqual((await user.pull({ since: last_sync_timestamp })).changes, [offline]);
    });

    it("has the whole log, a thousand at most, where nothing is asked for", async () => {
      const user = await User.register(server);
      assert.deepEqual(await user.pull({}), { changes: [], last_sync_timestamp: 0, has_more: false });
      await user.post("/sync/push", { changes: Array.from({ length: 1001 }, () => user.event()) });
      const { changes, has_more } = await user.pull({});
      assert.deepEqual([changes.length, has_more], [1000, true]);
    });

    it("keeps a cursor where there is nothing new, and brings one that is ahead back to the end", async () => {
      const user = await User.register(server);
      assert.deepEqual(await user.pull({ after_seq: 0 }), { changes: [], next_seq: 0, has_more: false });
      await user.post("/sync/push", { changes: [user.event(), user.event()] });
      const { last_sync_timestamp: end } = await user.pull({ since: 0 });
      assert.deepEqual(await user.pull({ after_seq: 2 }), { changes: [], next_seq: 2, has_more: false });
      assert.deepEqual(await user.pull({ after_seq: 99 }), { changes: [], next_seq: 2, has_more: false });
      assert.deepEqual(await user.pull({ since: end }), { changes: [], last_sync_timestamp: end, has_more: false });
      assert.deepEqual(await user.pull({ since: end + 99_999 }), { changes: [], last_sync_timestamp: end, has_more: false });
    });

    it("ends a page of large events early, and loses none", async () => {
      const user = await User.register(server);
      const events = Array.from({ length: 8 }, () => user.event({ encrypted_data: "A".repeat(1_040_000) }));
      for (const event of events) assert.equal((await user.post("/sync/push", { changes: [event] })).status, 200);
      for (const pages of [await pagesBySeq(user, 500), await pagesBySince(user, 500)]) {
        assert.ok(pages.length > 1);
        assert.deepEqual(pages.flatMap((page) => page.changes.map((event) => event.id)), events.map((event) => event.id));
      }
    });

    it("refuses a query that it does not understand", async () => {
      const user = await User.register(server);
      const bodies = [
        "",
        "{",
        "[]",
        "null",
        Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
        { after_seq: 0, since: 0 },
        ...[-1, 1.5, "0", null, 2 ** 53].flatMap((cursor) => [{ after_seq: cursor }, { since: cursor }]),
        ...[0, -1, 1.5, "10", null, 10_001].map((limit) => ({ after_seq: 0, limit })),
      ];
      for (const body of bodies) {
        const response = await user.post("/sync/pull", body);
        assert.equal(response.status, 400, JSON.stringify(body));
        assert.match((await response.json()).error, /must be/);
      }
      assert.equal((await user.post("/sync/pull", { after_seq: 0, limit: 10_000 })).status, 200);
    });
  });

  describe("status", () => {
    it("names the account, the last arrival and the bookmarks there are", async () => {
      const user = await User.register(server);
      const empty = { user_id: user.id, last_sync: 0, pending_changes: 0, conflict_count: 0, total_bookmarks: 0 };
      assert.deepEqual(await user.status(), empty);

      const gone = user.event();
      const before = Date.now();
      const changes = [user.event(), user.event(), user.event({ entity_type: "group" }), gone];
      changes.push(user.event({ entity_id: gone.entity_id, operation: "delete", timestamp: gone.timestamp + 1 }));
      await user.post("/sync/push", { changes });
      const { last_sync, ...rest } = await user.status();
      assert.deepEqual(rest, { user_id: user.id, pending_changes: 0, conflict_count: 0, total_bookmarks: 2 });
      assert.ok(last_sync >= before && last_sync <= Date.now() + changes.length);
      assert.equal(last_sync, (await user.pull({ since: 0 })).last_sync_timestamp);
    });
  });
}

function pagesBySeq(user, limit) {
  return pages(async (after) => {
    const page = await user.pull({ after_seq: after, limit });
    return [page, page.next_seq];
  });
}

function pagesBySince(user, limit) {
  return pages(async (after) => {
    const page = await user.pull({ since: after, limit });
    return [page, page.last_sync_timestamp];
  });
}

/** Reads page after page, from the beginning, as long as there is more. */
async function pages(read) {
  const all = [];
  let cursor = 0;
  do {
    const [page, next] = await read(cursor);
    assert.ok(next > cursor, "a page moves the cursor");
    all.push(page);
    cursor = next;
  } while (all.at(-1).has_more);
  return all;
}
