import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bounded } from "../client.mjs";
import { GENERATIONS, Mate } from "./client.mjs";

export function glintFaults(server) {
  async function begin(generation = "latest") {
    const ada = await Mate.join(server, { generation });
    const set = await ada.makeSet();
    const { id } = await ada.makeTodo(set);
    const listener = await ada.listen(set);
    if (generation === "latest") await listener.next();
    /** Sets the place to 1, 2 … `count`, one after the other. */
    const patch = async (count) => {
      for (let sortOrder = 1; sortOrder <= count; sortOrder++) await ada.patch(id, { sortOrder });
    };
    /** The places of the events that came, in their order. */
    const arrived = async () => {
      await ada.setFaults({});
      return (await listener.before(ada, set)).map(({ todo }) => todo.sortOrder);
    };
    return { ada, set, id, listener, patch, arrived };
  }

  describe("glint: faults", () => {
    it("are none until they are asked for: every event, in order", async () => {
      const { listener, patch, arrived } = await begin();
      await patch(20);
      assert.deepEqual(await arrived(), Array.from({ length: 20 }, (_, i) => i + 1));
      await listener.close();
    });

    it("drop the share of events that was asked for, and store every change", async () => {
      for (const generation of GENERATIONS) {
        const { ada, set, listener, patch, arrived } = await begin(generation);
        await ada.setFaults({ dropEvents: 0.25 });
        await patch(20);
        const came = await arrived();
        assert.equal(came.length, 15);
        assert.deepEqual(came, came.toSorted((a, b) => a - b), "what is left is in order");
        assert.equal((await ada.todos(set))[0].sortOrder, 20);

        await ada.setFaults({ dropEvents: 1 });
        await patch(5);
        assert.deepEqual(await arrived(), []);
        await listener.close();
      }
    });

    it("hold events back until later ones have overtaken them, and lose none", async () => {
      const { ada, listener, patch, arrived } = await begin();
      await ada.setFaults({ reorderEvents: 1 });
      await patch(6);
      assert.deepEqual(await arrived(), [2, 1, 4, 3, 6, 5]);
      await ada.setFaults({ reorderEvents: 1, overtakenBy: 4 });
      await patch(5);
      assert.deepEqual(await arrived(), [2, 3, 4, 5, 1]);
      await listener.close();
    });

    it("send a held event after a while though nothing overtakes it", async () => {
      const { ada, id, listener } = await begin();
      await ada.setFaults({ reorderEvents: 1 });
      await ada.patch(id, { completed: true });
      assert.deepEqual((await listener.next()).todo, { id, completed: true });
      await listener.close();
    });

    it("send a held event when the faults end", async () => {
      const { ada, listener, patch, arrived } = await begin();
      await ada.setFaults({ reorderEvents: 1, overtakenBy: 100 });
      await patch(3);
      assert.deepEqual(await arrived(), [2, 3, 1]);
      await listener.close();
    });

    it("make live push unavailable: cut who listens, answer 503, and let everything else work", async () => {
      for (const generation of GENERATIONS) {
        const { ada, set, listener } = await begin(generation);
        const stream = generation === "latest" ? await ada.listenToStream(set) : undefined;
        await ada.setFaults({ noLivePush: true });
        assert.equal(await bounded("the socket's end", listener.closed), 1005);
        if (stream) await bounded("the stream's end", stream.ended);

        const error = "Realtime sync is not available on this deployment";
        assert.deepEqual(await ada.upgrade(set), { status: 503, error });
        assert.deepEqual(await ada.expect(503, "GET", `/sets/${set}/ws`), { error });
        assert.equal((await ada.ask("HEAD", `/sets/${set}/ws`)).status, 503);
        if (stream) assert.deepEqual(await ada.expect(503, "GET", `/sets/${set}/sse`), { error });
        const todo = await ada.makeTodo(set);
        assert.ok((await ada.todos(set)).some(({ id }) => id === todo.id));

        await ada.setFaults({});
        const again = await ada.listen(set);
        await again.close();
      }
    });

    it("answer late what was carried out at once: the event is there before the reply", async () => {
      const { ada, set, listener } = await begin();
      await ada.setFaults({ replyAfterMs: 60_000 });
      const abort = new AbortController();
      const path = `${server.origin}/api/teams/${ada.team}/sets/${set}/todos`;
      const headers = { Origin: server.origin, Cookie: ada.cookie };
      const reply = fetch(path, { method: "POST", body: JSON.stringify({ title: "early" }), headers, signal: abort.signal });
      const answered = reply.then(() => "a reply", () => "none");
      assert.equal((await listener.next()).todo.title, "early");
      assert.equal(await Promise.race([answered, Promise.resolve("still waiting")]), "still waiting");
      abort.abort();
      assert.equal(await answered, "none");

      await ada.setFaults({ replyAfterMs: 300 });
      const sent = Date.now();
      await ada.makeTodo(set);
      assert.ok(Date.now() - sent >= 300);
      await listener.close();
    });

    it("lose the replies to as many writes as were asked for, and only the replies", async () => {
      const { ada, set, listener } = await begin();
      await ada.setFaults({ loseReplies: 2 });
      const create = (title) => ada.ask("POST", `/sets/${set}/todos`, { title });
      const lost = [await create("one"), await create("two")];
      for (const response of lost) {
        assert.equal(response.status, 502);
        assert.match(response.headers.get("Content-Type"), /^text\/html/);
        await response.arrayBuffer();
      }
      assert.deepEqual((await ada.todos(set)).slice(1).map(({ title }) => title), ["one", "two"], "reads are answered");
      assert.deepEqual((await listener.nextOf(2)).map(({ todo }) => todo.title), ["one", "two"]);
      assert.equal((await create("three")).status, 201);
      await listener.close();
    });

    it("leave a refusal to be answered: there is nothing to lose", async () => {
      const { ada, set, listener } = await begin();
      await ada.setFaults({ loseReplies: 1 });
      await ada.expect(400, "POST", `/sets/${set}/todos`, {});
      const { status } = await ada.ask("POST", `/sets/${set}/todos`, { title: "x" });
      assert.equal(status, 502, "the next that is carried out");
      await listener.close();
    });

    it("answer nothing for a while, and carry out afterwards what came meanwhile", async () => {
      const { ada, set, id, listener } = await begin();
      const { faults } = await ada.setFaults({ silentForMs: 500 });
      const patched = ada.patch(id, { completed: true });
      const [{ updatedAt }] = await ada.todos(set);
      assert.ok(Date.now() >= faults.silentUntil, "a read waits as well");
      await patched;
      assert.ok(Date.parse((await ada.todos(set))[0].updatedAt) >= faults.silentUntil, updatedAt);
      assert.deepEqual((await listener.next()).todo, { id, completed: true });
      await listener.close();
    });

    it("can be ended while the server is silent", async () => {
      const { ada, set, listener } = await begin();
      await ada.setFaults({ silentForMs: 60_000 });
      await ada.setFaults({});
      await ada.makeTodo(set);
      await listener.close();
    });

    it("are of one team", async () => {
      const { ada, listener } = await begin();
      await ada.setFaults({ dropEvents: 1, loseReplies: 1000, noLivePush: true });
      const other = await begin();
      await other.patch(3);
      assert.deepEqual(await other.arrived(), [1, 2, 3]);
      await other.listener.close();
      await bounded("the socket's end", listener.closed);
    });

    it("are refused where they are none", async () => {
      const { ada, listener } = await begin();
      const bad = [
        { drop: 1 },
        { constructor: 1 },
        { silentUntil: 1 },
        { dropEvents: 1.1 },
        { dropEvents: -1 },
        { dropEvents: "1" },
        { overtakenBy: 0 },
        { overtakenBy: 1.5 },
        { noLivePush: 1 },
        { replyAfterMs: 60_001 },
        { loseReplies: null },
        { silentForMs: -1 },
      ];
      for (const faults of bad) await ada.expect(400, "POST", "/faults", faults);
      await ada.expect(405, "GET", "/faults");
      await listener.close();
    });
  });
}
