import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LISTED_ORIGIN } from "../access.mjs";
import { dialAt, outcomeOf, User } from "../client.mjs";
import { ANY_ID, closeAll, rest, sealed, Writer } from "./client.mjs";

const ROUTES = [
  ["GET", "/notes"],
  ["POST", "/notes"],
  ["DELETE", "/notes/empty-trash"],
  ["GET", `/notes/${ANY_ID}`],
  ["PUT", `/notes/${ANY_ID}`],
  ["DELETE", `/notes/${ANY_ID}`],
  ["GET", "/folders"],
  ["POST", "/folders"],
  ["GET", `/folders/${ANY_ID}`],
  ["PUT", `/folders/${ANY_ID}`],
  ["DELETE", `/folders/${ANY_ID}`],
  ["GET", "/faults"],
  ["POST", "/faults"],
  ["GET", "/nothing"],
];

export function typeletsAccess(server) {
  describe("typelets: access", () => {
    it("answers 401 on every route without a token that is good", async () => {
      const user = await User.register(server);
      const values = [undefined, "", "Bearer", "Bearer ", "Bearer x", "Basic x", `Bearer ${"x".repeat(5000)}`];
      for (const [method, path] of ROUTES) {
        for (const Authorization of values) {
          const headers = { Cookie: user.cookie, Origin: server.origin, ...(Authorization !== undefined && { Authorization }) };
          const response = await rest(server, method, path, { headers });
          assert.equal(response.status, 401, `${method} ${path} with ${Authorization}`);
          assert.deepEqual(await response.json(), { error: "Authentication required" });
        }
      }
    });

    it("does nothing with another user's notes and folders, over REST", async () => {
      const [ada, eve] = [await Writer.join(server), await Writer.join(server)];
      const folder = await ada.makeFolder();
      const note = await ada.makeNote({ folderId: folder.id });
      const own = await eve.makeNote();
      await eve.expect(404, "GET", `/notes/${note.id}`);
      await eve.expect(404, "PUT", `/notes/${note.id}`, { starred: true });
      await eve.expect(404, "DELETE", `/notes/${note.id}`);
      for (const [method, body] of [["GET"], ["PUT", { name: "x" }], ["DELETE"]]) await eve.expect(404, method, `/folders/${folder.id}`, body);
      await eve.expect(400, "POST", "/notes", sealed({ folderId: folder.id }));
      await eve.expect(400, "PUT", `/notes/${own.id}`, { folderId: folder.id });
      await eve.expect(400, "POST", "/folders", { name: "x", parentId: folder.id });
      assert.equal((await eve.expect(200, "DELETE", "/notes/empty-trash")).deletedCount, 0);
      assert.deepEqual(await eve.notes(), [own]);
      assert.deepEqual(await ada.notes(), [note]);
    });

    it("does nothing with another user's notes and folders, over the socket", async () => {
      const [ada, eve] = [await Writer.join(server), await Writer.join(server)];
      const folder = await ada.makeFolder();
      const note = await ada.makeNote();
      const own = await eve.makeNote();
      const [hers, his] = [await ada.connect(note.id), await eve.connect(own.id)];
      const denied = { type: "error", message: "Note not found or access denied" };
      assert.deepEqual(await his.join(note.id), denied);
      assert.deepEqual(await his.update(note.id, { starred: true }), denied);
      assert.deepEqual(await his.ask({ type: "note_deleted", noteId: note.id }), denied);
      assert.equal((await his.update(own.id, { folderId: folder.id })).message, "Failed to update note");
      for (const type of ["folder_updated", "folder_deleted"]) {
        assert.equal((await his.ask({ type, folderId: folder.id, changes: {} })).message, "Folder not found or access denied");
      }
      his.send({ type: "note_created", noteId: note.id, noteData: { ...note, userId: eve.id } });
      assert.deepEqual(await his.received(), []);
      assert.deepEqual(await hers.received(), [], "nothing of it reached the other user");
      assert.deepEqual(await ada.notes(), [note]);

      const sender = await ada.connect();
      await sender.update(note.id, { starred: true });
      assert.equal((await hers.next()).type, "note_sync");
      assert.deepEqual(await his.received(), []);
      await closeAll(hers, his, sender);
    });

    it("takes an upgrade from its own origin or a listed one alone", async () => {
      const ada = await Writer.join(server);
      for (const Origin of [server.origin, LISTED_ORIGIN]) assert.equal((await ada.upgrade({ Origin })).status, 101);
      for (const headers of [{}, ...["null", "http://evil.example", `${server.origin}.evil.example`].map((Origin) => ({ Origin }))]) {
        const { status, error } = await ada.upgrade(headers);
        assert.equal(status, 403, headers.Origin);
        assert.match(error, /Origin/);
      }
    });

    it("opens a socket for a user who could be, and asks for an upgrade", async () => {
      const dial = (query) => outcomeOf(dialAt(server, `/typelets/ws${query}`, { Origin: server.origin }));
      for (const query of ["", "?user_id=", "?user_id=x", `?user_id=user_${"x".repeat(23)}`]) assert.equal((await dial(query)).status, 400, query);
      assert.equal((await dial(`?user_id=user_${"x".repeat(22)}`)).status, 101, "whether there is such a user is not told");
      const response = await fetch(`${server.origin}/typelets/ws?user_id=user_${"x".repeat(22)}`);
      assert.equal(response.status, 426);
      const ada = await Writer.join(server);
      assert.equal((await ada.ask("GET", "/ws")).status, 404, "and not among the routes of REST");
    });

    it("lets pages of a listed origin use the API and read the answers, and no others", async () => {
      const ada = await Writer.join(server);
      const preflight = (origin) => rest(server, "OPTIONS", "/notes", { headers: { Origin: origin } });
      const listed = await preflight(LISTED_ORIGIN);
      assert.equal(listed.status, 204);
      assert.equal(listed.headers.get("Access-Control-Allow-Origin"), LISTED_ORIGIN);
      const allowed = (name) => listed.headers.get(`Access-Control-Allow-${name}`).split(", ");
      for (const method of ["GET", "POST", "PUT", "DELETE"]) assert.ok(allowed("Methods").includes(method), method);
      for (const header of ["Authorization", "Content-Type"]) assert.ok(allowed("Headers").includes(header), header);
      assert.equal((await preflight("http://evil.example")).headers.get("Access-Control-Allow-Origin"), null);

      for (const [token, status] of [[ada.token, 200], ["x", 401]]) {
        const response = await rest(server, "GET", "/notes", { token, headers: { Origin: LISTED_ORIGIN } });
        assert.equal(response.status, status);
        assert.equal(response.headers.get("Access-Control-Allow-Origin"), LISTED_ORIGIN);
      }
      const evil = await ada.ask("GET", "/notes", undefined, { Origin: "http://evil.example" });
      assert.equal(evil.headers.get("Access-Control-Allow-Origin"), null);
    });

    it("answers whatever it refuses, though the body is still arriving, and goes on answering", async () => {
      const ada = await Writer.join(server);
      const body = sealed({ title: "x".repeat(900_000) });
      for (let i = 0; i < 10; i++) {
        assert.equal((await rest(server, "POST", "/notes", { token: "x", body })).status, 401);
        for (const [status, path] of [[404, "/nothing"], [405, `/notes/${ANY_ID}`], [400, "/notes"]]) {
          const response = await ada.ask("POST", path, body);
          assert.equal(response.status, status, path);
          await response.arrayBuffer();
        }
      }
    });

    it("names unknown routes and wrong methods", async () => {
      const ada = await Writer.join(server);
      for (const path of ["/nothing", "/notes/", `/notes/${"x".repeat(65)}`, "/notes/a%20b"]) await ada.expect(404, "GET", path);
      const response = await ada.ask("PATCH", `/notes/${ANY_ID}`, {});
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("Allow"), "GET, PUT, DELETE");
      assert.equal((await fetch(`${server.origin}/typelets/nothing`)).status, 404);
      assert.equal((await fetch(`${server.origin}/typelets/demo/token`)).status, 405);
    });
  });
}
