import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { LISTED_ORIGIN } from "../access.mjs";
import { ANY_ID, glint, Mate, newTeam } from "./client.mjs";

const ROUTES = [
  ["GET", "/sets"],
  ["POST", "/sets"],
  ["GET", `/sets/${ANY_ID}/todos`],
  ["POST", `/sets/${ANY_ID}/todos`],
  ["GET", `/sets/${ANY_ID}/ws`],
  ["HEAD", `/sets/${ANY_ID}/ws`],
  ["GET", `/sets/${ANY_ID}/sse`],
  ["PATCH", `/todos/${ANY_ID}`],
  ["DELETE", `/todos/${ANY_ID}`],
  ["POST", "/todos/reorder"],
  ["POST", `/todos/${ANY_ID}/claim`],
  ["PUT", `/todos/${ANY_ID}/assignees`],
  ["POST", `/todos/${ANY_ID}/move`],
  ["POST", "/faults"],
  ["GET", "/nothing"],
];

export function glintAccess(server) {
  /** Of all routes: the status, and the error of those that have a body. */
  async function expectRefusal(team, cookie, status, error) {
    for (const [method, path] of ROUTES) {
      const response = await glint(server, method, `/api/teams/${team}${path}`, { cookie });
      assert.equal(response.status, status, `${method} ${path}`);
      if (method !== "HEAD") assert.deepEqual(await response.json(), { error }, `${method} ${path}`);
    }
  }

  describe("glint: access", () => {
    it("answers 401 on every route without a session, and says whether there was one", async () => {
      const mate = await Mate.join(server);
      await expectRefusal(mate.team, undefined, 401, "Unauthorized");
      await expectRefusal(mate.team, `session=${mate.id}.${"A".repeat(43)}`, 401, "Session expired");
      assert.deepEqual(await mate.upgrade(ANY_ID, { Origin: server.origin }), { status: 401, error: "Unauthorized" });
    });

    it("answers 403 on every route of a team that is another's, or nobody's, or cannot be", async () => {
      const [ada, eve] = [await Mate.join(server), await Mate.join(server)];
      const personal = [`personal:${ada.id}`, `personal%3A${ada.id}`, "personal:"];
      const impossible = ["short", "%", "%2F", "%2e%2e%2f", "a".repeat(200)];
      for (const team of [ada.team, newTeam(), ...personal, ...impossible]) await expectRefusal(team, eve.cookie, 403, "Not a member of this team");
      const stranger = await Mate.join(server, { name: "Eve" });
      stranger.team = ada.team;
      assert.deepEqual(await stranger.upgrade(ANY_ID), { status: 403, error: "Not a member of this team" });
    });

    it("keeps nothing of a team that nobody made", async () => {
      const eve = await Mate.join(server);
      const before = new Set(await databases(server));
      eve.team = newTeam();
      assert.equal((await eve.ask("GET", "/sets")).status, 403);
      const created = (await databases(server)).filter((file) => !before.has(file));
      assert.equal(created.length, 1, "the object that was asked");
      for (const suffix of ["", "-wal"]) assert.doesNotMatch(await readFile(created[0] + suffix, "latin1"), /CREATE TABLE/);
    });

    it("does nothing with another team's sets and todos, by any route", async () => {
      for (const generation of ["seed", "latest"]) {
        const [ada, eve] = [await Mate.join(server, { generation }), await Mate.join(server, { generation })];
        const set = await ada.makeSet();
        const todo = await ada.makeTodo(set);
        const todos = await ada.todos(set);
        const own = await eve.makeSet();
        const ownTodo = await eve.makeTodo(own);

        await eve.expect(404, "GET", `/sets/${set}/todos`);
        await eve.expect(404, "POST", `/sets/${set}/todos`, { title: "x" });
        await eve.expect(404, "POST", `/sets/${own}/todos`, { title: "x", parentId: todo.id });
        await eve.expect(404, "PATCH", `/todos/${todo.id}`, { title: "x" });
        await eve.expect(404, "DELETE", `/todos/${todo.id}`);
        await eve.expect(404, "POST", "/todos/reorder", { setId: set, items: [{ id: todo.id, sortOrder: 9 }] });
        await eve.expect(200, "POST", "/todos/reorder", { setId: own, items: [{ id: todo.id, sortOrder: 9 }] });
        await eve.expect(404, "POST", `/todos/${todo.id}/${generation === "seed" ? "claim" : "move"}`, { targetSetId: own });
        if (generation === "latest") {
          await eve.expect(404, "PUT", `/todos/${todo.id}/assignees`, { userIds: [eve.id] });
          await eve.expect(404, "POST", `/todos/${ownTodo.id}/move`, { targetSetId: set });
          assert.deepEqual((await eve.expect(200, "PUT", `/todos/${ownTodo.id}/assignees`, { userIds: [ada.id] })).assignees, []);
        }
        assert.deepEqual(await ada.todos(set), todos);
      }
    });

    it("sends a team's events to that team alone, also to a socket that names its set", async () => {
      const [ada, eve] = [await Mate.join(server), await Mate.join(server)];
      const set = await ada.makeSet();
      const [hers, his] = [await ada.listen(set), await eve.listen(set)];
      const stream = await eve.listenToStream(set);
      assert.equal((await his.next()).type, "realtime:ready");
      await hers.next();
      const todo = await ada.makeTodo(set);
      assert.equal((await hers.next()).todo.id, todo.id);
      await his.close();
      await stream.close();
      assert.deepEqual([...his.left, ...stream.left], []);
      await hers.close();
    });

    it("has a personal team for each user, raw or percent-encoded, and lets nobody else in", async () => {
      const [ada, eve] = [await Mate.join(server), await Mate.join(server)];
      const raw = ada.personal();
      const set = await raw.makeSet("Diary");
      const encoded = ada.personal();
      encoded.team = `personal%3A${ada.id}`;
      assert.deepEqual(await encoded.expect(200, "GET", "/sets"), await raw.expect(200, "GET", "/sets"));
      const [one, other] = [await raw.listen(set), await encoded.listen(set)];
      await Promise.all([one.next(), other.next()]);
      const todo = await encoded.makeTodo(set);
      for (const listener of [one, other]) assert.equal((await listener.next()).todo.id, todo.id);

      for (const team of [raw.team, encoded.team]) {
        eve.team = team;
        await eve.expect(403, "GET", `/sets/${set}/todos`);
        assert.equal((await eve.upgrade(set)).status, 403);
        assert.equal((await glint(server, "POST", "/api/auth/demo", { cookie: eve.cookie, body: { name: "Eve", team } })).status, 400);
      }
      await Promise.all([one.close(), other.close()]);
    });

    it("makes a personal team of the seed generation where that is asked for first", async () => {
      const personal = (await Mate.join(server)).personal();
      const body = { name: "Ada", team: personal.team, generation: "seed" };
      const response = await glint(server, "POST", "/api/auth/demo", { cookie: personal.cookie, body });
      assert.deepEqual((await response.json()).team, { id: personal.team, role: "owner", generation: "seed" });
      const { user } = await (await glint(server, "GET", "/api/auth/me", { cookie: personal.cookie })).json();
      assert.ok(user.teams.every(({ id }) => id !== personal.team), "it is not on the list");
      assert.equal("claimedBy" in (await personal.makeTodo(await personal.makeSet())), true);
    });

    it("takes writes and upgrades from its own origin or a listed one alone", async () => {
      const mate = await Mate.join(server);
      const set = await mate.makeSet();
      const writes = ROUTES.filter(([method]) => method !== "GET" && method !== "HEAD");
      for (const origin of ["", "null", "http://evil.example"]) {
        for (const [method, path] of writes) {
          const response = await mate.ask(method, path, {}, { Origin: origin });
          assert.equal(response.status, 403, `${method} ${path} from ${origin}`);
          assert.match((await response.json()).error, /Origin/);
        }
        const outcome = await mate.upgrade(set, { Cookie: mate.cookie, ...(origin && { Origin: origin }) });
        assert.equal(outcome.status, 403);
        assert.match(outcome.error, /Origin/);
        const join = { body: { name: "Eve", team: newTeam() }, headers: { Origin: origin } };
        assert.equal((await glint(server, "POST", "/api/auth/demo", join)).status, 403);
      }
      assert.equal((await mate.ask("POST", "/sets", { name: "x" }, { Origin: LISTED_ORIGIN })).status, 201);
      assert.equal((await mate.upgrade(set, { Cookie: mate.cookie, Origin: LISTED_ORIGIN })).status, 101);
    });

    it("answers whatever it refuses, though the body is still arriving, and goes on answering", async () => {
      const [ada, eve] = [await Mate.join(server, { generation: "seed" }), await Mate.join(server)];
      const body = { userIds: [], x: "x".repeat(500_000) };
      const refusals = [
        [401, undefined, server.origin],
        [403, eve.cookie, server.origin],
        [403, ada.cookie, "http://evil.example"],
        [404, ada.cookie, server.origin],
      ];
      for (let i = 0; i < 10; i++) {
        for (const [status, cookie, origin] of refusals) {
          const path = `/api/teams/${ada.team}/todos/${ANY_ID}/assignees`;
          const response = await glint(server, "PUT", path, { cookie, body, headers: { Origin: origin } });
          assert.equal(response.status, status);
          await response.arrayBuffer();
        }
      }
    });

    it("lets pages of a listed origin use every method", async () => {
      const preflight = await glint(server, "OPTIONS", `/api/teams/${newTeam()}/sets`, { headers: { Origin: LISTED_ORIGIN } });
      assert.equal(preflight.status, 204);
      for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE"]) {
        assert.ok(preflight.headers.get("Access-Control-Allow-Methods").includes(method), method);
      }
    });

    it("names unknown routes and wrong methods", async () => {
      const mate = await Mate.join(server);
      for (const path of ["/nothing", "/sets/", `/sets/${"x".repeat(65)}/ws`, "/sets/a%20b/todos"]) await mate.expect(404, "GET", path);
      const response = await mate.ask("DELETE", "/sets");
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("Allow"), "GET, POST");
      assert.equal((await glint(server, "GET", "/api/auth/demo")).status, 405);
    });
  });
}

async function databases(server) {
  const files = await readdir(server.persist, { recursive: true });
  return files.filter((file) => file.includes("TodoSync") && file.endsWith(".sqlite")).map((file) => join(server.persist, file));
}
