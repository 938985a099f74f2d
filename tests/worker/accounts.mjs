import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bounded, cookieOf, request, User } from "./client.mjs";

const THIRTY_DAYS = 2_592_000;

export function accounts(server) {
  describe("accounts and sessions", () => {
    it("registers an account with a random id and a 256-bit secret, and signs it in", async () => {
      const response = await request(server, "POST", "/auth/register");
      assert.equal(response.status, 201);
      const { user_id: id, secret } = await response.json();
      assert.match(id, /^user_[\w-]{22}$/);
      assert.equal(Buffer.from(secret, "base64url").length, 32);
      assert.equal((await new User(server, id, secret, cookieOf(response)).status()).user_id, id);
    });

    it("gives a cookie that scripts and other sites cannot use", async () => {
      const [pair, ...flags] = (await request(server, "POST", "/auth/register")).headers.get("Set-Cookie").split("; ");
      assert.match(pair, /^session=user_[\w-]{22}\.[\w-]{43}$/);
      assert.deepEqual(flags, ["Path=/", `Max-Age=${THIRTY_DAYS}`, "HttpOnly", "SameSite=Strict"]);
    });

    it("signs in with the secret, and tells an unknown account and a wrong secret alike", async () => {
      const user = await User.register(server);
      const other = await User.register(server);
      const signIn = (user_id, secret) => request(server, "POST", "/auth/session", { body: { user_id, secret } });

      const right = await signIn(user.id, user.secret);
      assert.equal(right.status, 200);
      assert.deepEqual(await right.json(), { user_id: user.id });
      assert.notEqual(cookieOf(right), user.cookie);

      const answers = await Promise.all([
        signIn(user.id, other.secret),
        signIn(user.id, ""),
        signIn(`user_${"A".repeat(22)}`, user.secret),
        signIn("user_unknown", user.secret),
      ]);
      const bodies = await Promise.all(answers.map((answer) => answer.text()));
      assert.deepEqual(answers.map((answer) => answer.status), [401, 401, 401, 401]);
      assert.equal(new Set(bodies).size, 1);
      for (const answer of answers) assert.equal(answer.headers.get("Set-Cookie"), null);
    });

    it("refuses a sign-in that has another shape", async () => {
      for (const body of [{}, { user_id: 1, secret: "x" }, { user_id: "user_x" }, [], null, "{"]) {
        assert.equal((await request(server, "POST", "/auth/session", { body })).status, 400, JSON.stringify(body));
      }
    });

    it("keeps nothing of an account that nobody registered", async () => {
      const before = new Set(await databases(server));
      const id = `user_${Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url")}`;
      assert.equal((await request(server, "POST", "/auth/session", { body: { user_id: id, secret: "x" } })).status, 401);
      assert.equal((await request(server, "GET", "/sync/status", { cookie: `session=${id}.${"A".repeat(43)}` })).status, 401);

      const created = (await databases(server)).filter((file) => !before.has(file));
      assert.equal(created.length, 1, "the object that was asked");
      for (const suffix of ["", "-wal"]) assert.doesNotMatch(await readFile(created[0] + suffix, "latin1"), /CREATE TABLE/);
    });

    it("keeps no secret and no token, only hashes", async () => {
      const before = new Set(await databases(server));
      const user = await User.register(server);
      const created = (await databases(server)).filter((file) => !before.has(file));
      assert.equal(created.length, 1);
      const stored = (await Promise.all(["", "-wal"].map((suffix) => readFile(created[0] + suffix, "latin1")))).join("");
      assert.match(stored, /CREATE TABLE account/);
      assert.ok(!stored.includes(user.secret));
      assert.ok(!stored.includes(user.cookie.split(".")[1]));
    });

    it("renews the cookie of a valid session", async () => {
      const user = await User.register(server);
      const response = await user.post("/auth/refresh");
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { user_id: user.id });
      assert.equal(cookieOf(response), user.cookie);
      assert.match(response.headers.get("Set-Cookie"), new RegExp(`Max-Age=${THIRTY_DAYS};`));
    });

    it("ends a session at logout, its sockets included, and no other", async () => {
      const phone = await User.register(server);
      const laptop = await phone.signInAgain();
      const [phoneSocket, laptopSocket] = [await phone.device("phone"), await laptop.device("laptop")];

      const response = await phone.post("/auth/logout");
      assert.equal(response.status, 204);
      assert.match(response.headers.get("Set-Cookie"), /Max-Age=0;/);
      assert.equal((await bounded("the socket's end", phoneSocket.closed)).code, 1008);
      assert.equal((await phone.get("/sync/status")).status, 401);
      assert.equal((await phone.post("/auth/refresh")).status, 401);

      assert.deepEqual(await laptopSocket.received(), []);
      assert.equal((await laptop.get("/sync/status")).status, 200);
      await laptopSocket.close();
    });

    it("keeps the newest 32 sessions", async () => {
      const first = await User.register(server);
      const socket = await first.device("first");
      const second = await first.signInAgain();
      for (let i = 0; i < 30; i++) await first.signInAgain();
      assert.equal((await first.get("/sync/status")).status, 200);

      await first.signInAgain();
      assert.equal((await first.get("/sync/status")).status, 401);
      assert.equal((await bounded("the socket's end", socket.closed)).code, 1008);
      assert.equal((await second.get("/sync/status")).status, 200);
    });
  });
}

async function databases(server) {
  const files = await readdir(server.persist, { recursive: true });
  return files.filter((file) => file.includes("SyncCoordinator") && file.endsWith(".sqlite")).map((file) => join(server.persist, file));
}
