import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { bounded } from "../client.mjs";
import { ANY_ID, GENERATIONS, Mate, StreamListener } from "./client.mjs";

const MAX_SOCKETS = 200;
const MAX_STREAMS = 50;

export function glintLive(server) {
  for (const generation of GENERATIONS) {
    describe(`glint: the socket, ${generation}`, () => {
      it("asks for an upgrade, and tells a probe as its generation does", async () => {
        const ada = await Mate.join(server, { generation });
        const set = await ada.makeSet();
        assert.deepEqual(await ada.expect(426, "GET", `/sets/${set}/ws`), { error: "Expected WebSocket upgrade" });
        const probe = await ada.ask("HEAD", `/sets/${set}/ws`);
        assert.equal(probe.status, generation === "latest" ? 200 : 426);
      });

      it(generation === "latest" ? "says first that it is ready" : "says nothing until something happens", async () => {
        const ada = await Mate.join(server, { generation });
        const set = await ada.makeSet();
        const listener = await ada.listen(set);
        const ready = generation === "latest" ? [{ type: "realtime:ready", setId: set }] : [];
        assert.deepEqual(await listener.before(ada, set), ready);
        await listener.close();
      });

      it("drops what a client sends, and goes on", async () => {
        const ada = await Mate.join(server, { generation });
        const set = await ada.makeSet();
        const listener = await ada.listen(set);
        if (generation === "latest") await listener.next();
        for (const text of ["hello", JSON.stringify({ type: "todo:deleted", setId: set, id: ANY_ID }), "{"]) listener.send(text);
        assert.deepEqual(await listener.before(ada, set), []);
        await listener.close();
      });
    });
  }

  describe("glint: the event stream, latest", () => {
    it("is a comment, then unnamed data lines without ids, in the order of the events", async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const stream = await ada.listenToStream(set);
      assert.equal(stream.response.status, 200);
      assert.equal(stream.response.headers.get("Content-Type"), "text/event-stream");
      const todo = await ada.makeTodo(set, "line\nbreak");
      await ada.patch(todo.id, { completed: true });
      const frames = await stream.nextOf(2);
      assert.deepEqual(frames, [
        { type: "todo:created", setId: set, todo },
        { type: "todo:updated", setId: set, todo: { id: todo.id, completed: true } },
      ]);
      const lines = [": ping", ...frames.map((frame) => `data: ${JSON.stringify(frame)}`)].flatMap((line) => [line, ""]);
      // The empty line behind the last event may still be on its way.
      assert.deepEqual(stream.lines, lines.slice(0, stream.lines.length));
      await stream.close();
    });

    it("tells sockets and streams the same, and streams of other sets nothing", async () => {
      const ada = await Mate.join(server);
      const [set, elsewhere] = [await ada.makeSet(), await ada.makeSet()];
      const [socket, stream, other] = [await ada.listen(set), await ada.listenToStream(set), await ada.listenToStream(elsewhere)];
      await socket.next();
      for (let i = 0; i < 20; i++) await ada.makeTodo(set);
      assert.deepEqual(await stream.nextOf(20), await socket.nextOf(20));
      assert.deepEqual(await other.before(ada, elsewhere), []);
      await Promise.all([socket.close(), stream.close(), other.close()]);
    });

    it("goes on for the others when a reader has gone", async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const [gone, kept] = [await ada.listenToStream(set), await ada.listenToStream(set)];
      await gone.close();
      const todo = await ada.makeTodo(set);
      assert.equal((await kept.next()).todo.id, todo.id);
      await kept.close();
    });
  });

  describe("glint: listeners", () => {
    it(`are ${MAX_SOCKETS} sockets of a team, and there is room when one has gone`, async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const sockets = await Promise.all(Array.from({ length: MAX_SOCKETS }, () => ada.listen(set)));
      const { status, error } = await ada.upgrade(set);
      assert.equal(status, 429);
      assert.match(error, /close one/);
      await sockets.pop().close();
      sockets.push(await ada.listen(set));
      await Promise.all(sockets.map((socket) => socket.close()));
    });

    it(`are ${MAX_STREAMS} streams of a team: another one ends the oldest`, async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const streams = [];
      while (streams.length <= MAX_STREAMS) streams.push(await ada.listenToStream(set));
      await bounded("the oldest stream's end", streams.shift().ended);
      const todo = await ada.makeTodo(set);
      for (const stream of streams) assert.equal((await stream.next()).todo.id, todo.id);
      await Promise.all(streams.map((stream) => stream.close()));
    });

    it("are cut off when they do not read, and the others get everything", async () => {
      const ada = await Mate.join(server);
      const set = await ada.makeSet();
      const [idle, reader] = [await ada.openStream(set), await ada.listenToStream(set)];
      const items = Array.from({ length: 10_000 }, (_, i) => ({ id: randomUUID(), sortOrder: i }));
      const EVENTS = 40;
      for (let i = 0; i < EVENTS; i++) {
        await ada.expect(200, "POST", "/todos/reorder", { setId: set, items });
        await reader.next();
      }
      const late = new StreamListener(idle);
      await bounded("the idle stream's end", late.ended);
      assert.ok(late.left.length < EVENTS, `${late.left.length} events`);
      await reader.close();
    });
  });
}
