import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cookieOf, User } from "../client.mjs";
import { GENERATIONS, glint, Mate, newTeam } from "./client.mjs";

export function glintTeams(server) {
  const me = async (cookie) => (await glint(server, "GET", "/api/auth/me", { cookie })).json();
  const demo = (body, cookie) => glint(server, "POST", "/api/auth/demo", { body, cookie });

  describe("glint: users and teams", () => {
    it("makes a user with a session, a name and a team of the generation that was asked for", async () => {
      for (const generation of GENERATIONS) {
        const team = newTeam();
        const response = await demo({ name: " Ada Lovelace ", team, generation });
        assert.equal(response.status, 201);
        const body = await response.json();
        assert.match(body.secret, /^[\w-]{43}$/);
        assert.deepEqual(body.team, { id: team, role: "owner", generation });
        const teams = [{ id: team, name: "Demo", role: "owner" }];
        assert.deepEqual(body.user, { id: body.user.id, username: "ada-lovelace", displayName: "Ada Lovelace", avatarUrl: null, teams });
        assert.match(body.user.id, /^user_[\w-]{22}$/);
        assert.deepEqual(await me(cookieOf(response)), { user: body.user });
      }
    });

    it("makes a team of the latest generation where none is named", async () => {
      const response = await demo({ name: "Ada", team: newTeam() });
      assert.equal((await response.json()).team.generation, "latest");
    });

    it("says null to whoever has no session", async () => {
      const mate = await Mate.join(server);
      for (const cookie of [undefined, "session=", `${mate.cookie.slice(0, -1)}!`, `session=${mate.id}.${"A".repeat(43)}`]) {
        assert.deepEqual(await me(cookie), { user: null }, cookie);
      }
    });

    it("lets a second user join by the team's id", async () => {
      const ada = await Mate.join(server);
      const response = await demo({ name: "Bob", team: ada.team });
      assert.equal(response.status, 201);
      const { user, team } = await response.json();
      assert.notEqual(user.id, ada.id);
      assert.deepEqual(team, { id: ada.team, role: "admin", generation: "latest" });
    });

    it("keeps the account of whoever is signed in, and the first name", async () => {
      const ada = await Mate.join(server);
      const other = newTeam();
      const response = await demo({ name: "Somebody Else", team: other }, ada.cookie);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("Set-Cookie"), null);
      const { user, secret } = await response.json();
      assert.equal(secret, undefined);
      assert.equal(user.id, ada.id);
      assert.equal(user.displayName, "Ada Lovelace");
      assert.deepEqual(user.teams.map(({ id }) => id), [ada.team, other]);

      await demo({ name: "Ada", team: other }, ada.cookie);
      assert.equal((await me(ada.cookie)).user.teams.length, 2, "joining again changes nothing");
    });

    it("is the account of the other protocol, with its cookie and its secret", async () => {
      const user = await User.register(server);
      const nameless = { id: user.id, username: user.id.toLowerCase(), displayName: user.id, avatarUrl: null, teams: [] };
      assert.deepEqual((await me(user.cookie)).user, nameless);
      const { user: named } = await (await demo({ name: "Ada", team: newTeam() }, user.cookie)).json();
      assert.equal(named.id, user.id);
      assert.equal(named.displayName, "Ada");

      const mate = await Mate.join(server);
      const again = await new User(server, mate.id, mate.secret, mate.cookie).signInAgain();
      assert.equal((await me(again.cookie)).user.id, mate.id);
      assert.equal((await again.status()).user_id, mate.id);
    });

    it("refuses another generation than the team's, and what is no name, no team or no generation", async () => {
      const { team } = await Mate.join(server, { generation: "seed" });
      assert.equal((await demo({ name: "Bob", team, generation: "latest" })).status, 409);
      assert.equal((await demo({ name: "Bob", team, generation: "seed" })).status, 201);

      const good = { name: "Bob", team: newTeam() };
      const names = [undefined, 1, "", "  ", "x".repeat(51), "\ud800"].map((name) => ({ ...good, name }));
      const teams = [undefined, 1, "short", "x".repeat(65), `${newTeam()}/`, "personal:user_x"].map((id) => ({ ...good, team: id }));
      for (const body of [...names, ...teams, { ...good, generation: "G2" }, [], "{"]) {
        const response = await demo(body);
        assert.equal(response.status, 400, JSON.stringify(body));
        assert.equal(response.headers.get("Set-Cookie"), null);
      }
    });

    it("takes fifty members, and those who are in remain", async () => {
      const { team, cookie } = await Mate.join(server);
      for (let i = 1; i < 50; i++) await Mate.join(server, { team });
      assert.equal((await demo({ name: "Late", team })).status, 409);
      assert.equal((await demo({ name: "Ada", team }, cookie)).status, 200);
    });
  });

  for (const generation of GENERATIONS) {
    describe(`glint: sets, ${generation}`, () => {
      it("makes sets, lists them in order and names the role", async () => {
        const ada = await Mate.join(server, { generation });
        assert.deepEqual(await ada.expect(200, "GET", "/sets"), { sets: [], role: "owner" });
        const { set } = await ada.expect(201, "POST", "/sets", { name: " Groceries " });
        const { createdAt, id, ...rest } = set;
        assert.deepEqual(rest, { userId: ada.id, name: "Groceries", sortOrder: 1 });
        assert.match(id, /^[0-9a-f-]{36}$/);
        assert.match(createdAt, DATES[generation]);

        const bob = await Mate.join(server, { team: ada.team });
        const { set: second } = await bob.expect(201, "POST", "/sets", { name: "Work" });
        assert.deepEqual(await bob.expect(200, "GET", "/sets"), { sets: [set, second], role: "admin" });
      });

      it(generation === "latest" ? "refuses a second set of one name" : "takes a second set of one name", async () => {
        const ada = await Mate.join(server, { generation });
        await ada.makeSet("Groceries");
        await ada.expect(generation === "latest" ? 409 : 201, "POST", "/sets", { name: " Groceries" });
      });
    });
  }
}

export const DATES = {
  seed: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/,
  latest: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
};
