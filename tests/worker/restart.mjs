import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bounded, User } from "./client.mjs";

const SESSION_SECONDS = 4;

/** Has to come last: it starts the server anew, with sessions that last seconds. */
export function restart(server) {
  describe("a restart", () => {
    it("keeps accounts, sessions, events and cursors", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const [kept, moved] = [user.event(), user.event()];
      await laptop.sync(kept);
      await laptop.sync(moved);
      const bySince = await user.pull({ since: 0 });
      const status = await user.status();

      await server.restart({ SESSION_SECONDS });
      await bounded("the socket's end", laptop.closed);
      assert.equal((await user.post("/demo/restart", {})).status, 404, "without FAULTS nobody restarts it by a request");
      assert.deepEqual(await user.status(), status);
      assert.deepEqual(await user.log(), [kept, moved]);

      const again = await user.device("laptop");
      assert.deepEqual(await again.sync(kept), { type: "ack", ids: [kept.id] });
      const newer = user.event({ entity_id: moved.entity_id, operation: "update", timestamp: moved.timestamp + 1 });
      await again.sync(newer);
      assert.deepEqual(await user.pull({ after_seq: 2 }), { changes: [newer], next_seq: 3, has_more: false });
      assert.deepEqual((await user.pull({ since: bySince.last_sync_timestamp })).changes, [newer]);
      assert.equal((await (await user.signInAgain()).status()).user_id, user.id);
      await again.close();
    });

    it("ends a session when its time is over, and its sockets though they only listen", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      assert.equal((await user.get("/sync/status")).status, 200);
      assert.equal((await bounded("the socket's end", laptop.closed)).code, 1008);
      assert.equal((await user.get("/sync/status")).status, 401);
      assert.equal((await user.post("/auth/refresh")).status, 401);
      assert.equal((await (await user.signInAgain()).get("/sync/status")).status, 200);
    });

    it("keeps a session that is refreshed in time, and its socket", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const forgotten = await user.signInAgain();
      const phone = await forgotten.device("phone");
      await sleep((SESSION_SECONDS / 2) * 1000);
      assert.equal((await user.post("/auth/refresh")).status, 200);

      // The later session ends first: without the refresh this one would be over.
      await bounded("the forgotten socket's end", phone.closed);
      assert.deepEqual(await laptop.received(), []);
      assert.equal((await user.get("/sync/status")).status, 200);
    });
  });
}
