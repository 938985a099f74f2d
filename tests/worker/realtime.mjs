import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { upgrade, User } from "./client.mjs";

const MAX_SOCKETS = 100;

export function realtime(server) {
  describe("the socket", () => {
    it("greets first, with the device, the time and the features", async () => {
      const user = await User.register(server);
      const before = Date.now();
      const laptop = await user.device("laptop");
      const { timestamp, ...rest } = laptop.connected;
      assert.deepEqual(rest, { type: "connected", deviceId: "laptop", features: ["ack", "seq"] });
      assert.ok(timestamp >= before && timestamp <= Date.now());
      await laptop.close();
    });

    it("makes up an id for a device that names none", async () => {
      const user = await User.register(server);
      const [one, other] = [await user.device(), await user.device()];
      assert.match(one.connected.deviceId, /^device_[0-9a-f-]{36}$/);
      assert.notEqual(one.connected.deviceId, other.connected.deviceId);
      await Promise.all([one.close(), other.close()]);
    });

    it("answers a ping with the time", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      const before = Date.now();
      laptop.send({ type: "ping", extra: true });
      const { type, timestamp } = await laptop.next();
      assert.equal(type, "pong");
      assert.ok(timestamp >= before && timestamp <= Date.now());
      await laptop.close();
    });

    it("completes the closing handshake", async () => {
      const user = await User.register(server);
      const laptop = await user.device("laptop");
      assert.equal((await laptop.close()).code, 1000);
    });

    it("acks an event and sends it to every other socket of the user, not to its own", async () => {
      const user = await User.register(server);
      const devices = await Promise.all(["laptop", "phone", "laptop"].map((id) => user.device(id)));
      const [laptop, phone, otherTab] = devices;
      const event = user.event();
      assert.deepEqual(await laptop.sync(event), { type: "ack", ids: [event.id] });

      assert.deepEqual(await phone.received(), [{ type: "sync", event }]);
      assert.deepEqual(await otherTab.received(), [{ type: "sync", event }], "another tab with the same device id");
      assert.deepEqual(await laptop.received(), []);
      assert.deepEqual(await user.log(), [event]);
      await Promise.all(devices.map((device) => device.close()));
    });

    it("broadcasts in the order of acceptance, which is that of the log", async () => {
      const user = await User.register(server);
      const [laptop, phone, watch] = await Promise.all(["laptop", "phone", "watch"].map((id) => user.device(id)));
      for (let i = 0; i < 100; i++) {
        laptop.send({ type: "sync", event: user.event({ device_id: "laptop" }) });
        phone.send({ type: "sync", event: user.event({ device_id: "phone" }) });
      }
      assert.equal((await laptop.received()).filter((frame) => frame.type === "ack").length, 100);
      assert.equal((await phone.received()).filter((frame) => frame.type === "ack").length, 100);

      const ids = (await watch.received()).map((frame) => frame.event.id);
      assert.equal(ids.length, 200);
      assert.deepEqual(ids, (await user.log()).map((event) => event.id));
      await Promise.all([laptop, phone, watch].map((device) => device.close()));
    });

    it("goes on when another socket has vanished", async () => {
      const user = await User.register(server);
      const [laptop, phone, watch] = await Promise.all(["laptop", "phone", "watch"].map((id) => user.device(id)));
      phone.vanish();
      const event = user.event();
      assert.deepEqual(await laptop.sync(event), { type: "ack", ids: [event.id] });
      assert.deepEqual(await watch.received(), [{ type: "sync", event }]);
      await Promise.all([laptop.close(), watch.close()]);
    });

    it("never shows one user another's events", async () => {
      const [alice, bob] = [await User.register(server), await User.register(server)];
      const [aliceLaptop, bobLaptop] = [await alice.device("laptop"), await bob.device("laptop")];
      const mine = alice.event({ entity_id: "shared" });
      const his = bob.event({ entity_id: "shared", timestamp: mine.timestamp + 1 });
      assert.equal((await aliceLaptop.sync(mine)).type, "ack");
      assert.equal((await bobLaptop.sync(his)).type, "ack");

      assert.deepEqual(await aliceLaptop.received(), []);
      assert.deepEqual(await bobLaptop.received(), []);
      assert.deepEqual(await alice.log(), [mine]);
      assert.deepEqual(await bob.log(), [his]);
      assert.deepEqual((await alice.pull({ since: 0 })).changes, [mine]);
      assert.equal((await bob.status()).total_bookmarks, 1);
      await Promise.all([aliceLaptop.close(), bobLaptop.close()]);
    });

    it(`holds ${MAX_SOCKETS} sockets of a user, and another when one of them is closed`, async () => {
      const user = await User.register(server);
      const devices = await Promise.all(Array.from({ length: MAX_SOCKETS }, (_, i) => user.device(`device${i}`)));
      const dial = () => upgrade(server, "", { Cookie: user.cookie, Origin: server.origin });
      const { status, error } = await dial();
      assert.equal(status, 429);
      assert.match(error, /close one/);
      await devices[0].close();
      assert.equal((await dial()).status, 101);
      await Promise.all(devices.slice(1).map((device) => device.close()));
    });
  });
}
