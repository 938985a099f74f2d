import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bounded, User } from "./client.mjs";

export function demoRestart(server) {
  describe("a restart that the demo asks for", () => {
    it("breaks the account's sockets, and keeps what is stored", async () => {
      const [user, other] = [await User.register(server), await User.register(server)];
      const [laptop, theirs] = [await user.device("laptop"), await other.device("theirs")];
      const event = user.event();
      await laptop.sync(event);

      const response = await user.post("/demo/restart", {});
      assert.deepEqual([response.status, await response.json()], [200, { restarted: 2 }]);
      assert.equal((await bounded("the socket's end", laptop.closed)).code, 1006);
      assert.deepEqual(await user.log(), [event]);
      const again = await user.device("laptop");
      assert.equal(again.connected.type, "connected");
      const theirEvent = other.event();
      assert.deepEqual(await theirs.sync(theirEvent), { type: "ack", ids: [theirEvent.id] }, "nobody else's");
      await Promise.all([again.close(), theirs.close()]);
    });

    it("is refused without a session", async () => {
      const nobody = new User(server, "user_nobody", "", "");
      assert.equal((await nobody.post("/demo/restart", {})).status, 401);
    });
  });
}
