import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closeAll, sealed, Writer } from "./client.mjs";

export function typeletsFaults(server) {
  describe("typelets: faults of REST", () => {
    it("lose the replies to writes that are carried out", async () => {
      const ada = await Writer.join(server);
      await ada.setFaults({ loseReplies: { next: 2 } });
      // A refusal is answered: there is nothing to lose.
      await ada.expect(400, "POST", "/notes", {});
      for (const title of ["one", "two"]) {
        const response = await ada.ask("POST", "/notes", sealed({ encryptedTitle: title }));
        assert.equal(response.status, 502);
        assert.match(response.headers.get("Content-Type"), /^text\/html/);
        await response.arrayBuffer();
        await ada.notes();
      }
      assert.deepEqual((await ada.notes()).map(({ encryptedTitle }) => encryptedTitle), ["two", "one"]);
      await ada.makeNote();
    });

    it("break off the replies to writes that are carried out", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      await ada.setFaults({ breakReplies: { next: 1 } });
      const reply = ada.ask("PUT", `/notes/${id}`, { starred: true }).then((response) => response.text());
      await assert.rejects(reply);
      assert.equal((await ada.note(id)).starred, true);
      await ada.expect(200, "PUT", `/notes/${id}`, { starred: false });
    });

    it("refuse reads or writes with 503, and carry out nothing", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      await ada.setFaults({ refuseWrites: { next: 3 } });
      for (const [method, path] of [["POST", "/notes"], ["PUT", `/notes/${id}`], ["DELETE", `/notes/${id}`]]) {
        const response = await ada.ask(method, path, method === "DELETE" ? undefined : sealed());
        assert.equal(response.status, 503);
        assert.equal(response.headers.get("Retry-After"), "1");
        await response.arrayBuffer();
        assert.equal((await ada.notes())[0].deleted, false, "reads are answered");
      }
      assert.equal((await ada.notes()).length, 1);
      await ada.setFaults({ refuseReads: { next: 1, after: 1 } });
      await ada.notes();
      await ada.expect(503, "GET", `/notes/${id}`);
      await ada.expect(200, "PUT", `/notes/${id}`, { starred: true });
      assert.equal((await ada.note(id)).starred, true);
    });

    it("answer late what was carried out at once", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeNote();
      const socket = await ada.connect();
      await ada.setFaults({ replyAfterMs: 60_000 });
      const abort = new AbortController();
      const headers = { Authorization: `Bearer ${ada.token}` };
      const url = `${server.origin}/typelets/api/notes/${id}`;
      const reply = fetch(url, { method: "PUT", body: '{"starred":true}', headers, signal: abort.signal }).then(() => "a reply", () => "none");
      let starred;
      // Over the socket: a read would be late as well.
      while (!starred) ({ starred } = (await socket.update(id, { archived: true })).updatedNote);
      abort.abort();
      assert.equal(await reply, "none");

      await ada.setFaults({ replyAfterMs: 300 });
      const sent = Date.now();
      await ada.note(id);
      assert.ok(Date.now() - sent >= 300);
      await closeAll(socket);
    });
  });

  describe("typelets: the switch", () => {
    it("is off until it is used, tells what it was set to, and counts down", async () => {
      const ada = await Writer.join(server);
      const { faults: none, awakeSince, kept } = await ada.expect(200, "GET", "/faults");
      assert.ok(Math.abs(awakeSince - Date.now()) < 60_000);
      assert.deepEqual(kept, { joined: 0, nonces: 0 });
      assert.deepEqual(await ada.setFaults({}), none);
      const asked = { loseReplies: { next: 1 }, dropRelays: { share: 0.5 }, dropSuccess: { next: 3, after: 2 }, plain: true };
      assert.deepEqual(await ada.setFaults(asked), { ...none, ...asked });
      assert.equal((await ada.ask("POST", "/folders", { name: "x" })).status, 502);
      assert.deepEqual((await ada.expect(200, "GET", "/faults")).faults, { ...none, ...asked, loseReplies: { next: 0 } });
      assert.deepEqual(await ada.setFaults({}), none);
    });

    it("is of one user", async () => {
      const [ada, eve] = [await Writer.join(server), await Writer.join(server)];
      const dose = { share: 1 };
      await ada.setFaults({ refuseWrites: dose, refuseReads: dose, refuseSockets: dose, loseReplies: dose, fullAt: 0 });
      const note = await eve.makeNote();
      assert.deepEqual(await eve.notes(), [note]);
      await closeAll(await eve.connect());
    });

    it("refuses what is no fault", async () => {
      const ada = await Writer.join(server);
      const doses = [1, true, null, {}, [], { share: 1.1 }, { share: -1 }, { share: "1" }, { next: 0 }, { next: 1.5 }, { next: 1001 }];
      const combined = [{ share: 1, next: 1 }, { share: 1, after: 1 }, { after: 1 }, { next: 1, after: -1 }, { next: 1, x: 1 }];
      const bad = [...doses, ...combined].map((dropRelays) => ({ dropRelays }));
      const others = [{ drop: 1 }, { constructor: 1 }, { plain: 1 }, { fullAt: 1001 }, { replyAfterMs: 60_001 }, { closeSockets: "true" }];
      for (const faults of [...bad, ...others]) await ada.expect(400, "POST", "/faults", faults);
      await ada.expect(405, "PUT", "/faults", {});
    });
  });
}
