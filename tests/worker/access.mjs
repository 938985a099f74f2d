import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { request, upgrade, User } from "./client.mjs";

export const LISTED_ORIGIN = "http://localhost:5173";

const ROUTES = [
  ["GET", "/sync/realtime"],
  ["GET", "/sync/status"],
  ["POST", "/sync/pull"],
  ["POST", "/sync/push"],
  ["POST", "/auth/refresh"],
  ["POST", "/auth/logout"],
];

export function access(server) {
  describe("access", () => {
    it("tells nothing without a session, whatever else is wrong with the request", async () => {
      const user = await User.register(server);
      const token = user.cookie.split(".")[1];
      const other = await User.register(server);
      const cookies = [
        undefined,
        "session=",
        `session=${user.id}`,
        `session=${user.id}.${"A".repeat(43)}`,
        `session=${other.id}.${token}`,
        `xsession=${user.id}.${token}`,
        `session=${user.id}.${token}x`,
      ];
      for (const cookie of cookies) {
        for (const [method, path] of ROUTES) {
          const response = await request(server, method, path, { cookie, headers: { Origin: "http://evil.example" } });
          assert.equal(response.status, 401, `${method} ${path} with ${cookie}`);
          assert.match((await response.json()).error, /sign in/);
        }
      }
      assert.equal((await upgrade(server, "", { Origin: server.origin })).status, 401);
    });

    it("finds the session among other cookies", async () => {
      const user = await User.register(server);
      const response = await request(server, "GET", "/sync/status", { cookie: `theme=dark; ${user.cookie}; lang=en` });
      assert.equal(response.status, 200);
    });

    it("takes an upgrade from its own origin or a listed one alone", async () => {
      const user = await User.register(server);
      const dial = (origin) => upgrade(server, "", { Cookie: user.cookie, ...(origin && { Origin: origin }) });
      assert.equal((await dial(server.origin)).status, 101);
      assert.equal((await dial(LISTED_ORIGIN)).status, 101);
      for (const origin of [undefined, "null", "http://evil.example", `${server.origin}.evil.example`, server.origin.replace("http", "https")]) {
        const { status, error } = await dial(origin);
        assert.equal(status, 403, origin);
        assert.match(error, /Origin/);
      }
    });

    it("takes a POST from its own origin or a listed one alone", async () => {
      const user = await User.register(server);
      const posts = [...ROUTES.filter(([method]) => method === "POST"), ["POST", "/auth/register"], ["POST", "/auth/session"]];
      for (const [, path] of posts) {
        for (const origin of ["", "null", "http://evil.example"]) {
          const response = await user.post(path, {}, { Origin: origin });
          assert.equal(response.status, 403, `${path} from ${origin}`);
          assert.equal(response.headers.get("Set-Cookie"), null);
        }
      }
      assert.equal((await user.post("/sync/pull", {}, { Origin: LISTED_ORIGIN })).status, 200);
    });

    it("lets pages of a listed origin read the answers, and no others", async () => {
      const user = await User.register(server);
      const listed = await user.get("/sync/status", { Origin: LISTED_ORIGIN });
      assert.equal(listed.headers.get("Access-Control-Allow-Origin"), LISTED_ORIGIN);
      assert.equal(listed.headers.get("Access-Control-Allow-Credentials"), "true");
      assert.equal(listed.headers.get("Vary"), "Origin");

      const preflight = await request(server, "OPTIONS", "/sync/pull", { headers: { Origin: LISTED_ORIGIN } });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers.get("Access-Control-Allow-Origin"), LISTED_ORIGIN);
      assert.match(preflight.headers.get("Access-Control-Allow-Methods"), /POST/);
      assert.match(preflight.headers.get("Access-Control-Allow-Headers"), /Content-Type/);

      for (const method of ["GET", "OPTIONS"]) {
        const headers = { Origin: "http://evil.example" };
        const unlisted = await request(server, method, "/sync/status", { cookie: user.cookie, headers });
        assert.equal(unlisted.headers.get("Access-Control-Allow-Origin"), null);
        assert.equal(unlisted.headers.get("Vary"), "Origin");
      }
      const refused = await request(server, "GET", "/sync/status", { headers: { Origin: LISTED_ORIGIN } });
      assert.equal(refused.headers.get("Access-Control-Allow-Origin"), LISTED_ORIGIN, "an error can be read as well");
    });

    it("asks for an upgrade on the socket's path", async () => {
      const user = await User.register(server);
      const response = await user.get("/sync/realtime");
      assert.equal(response.status, 426);
      assert.match((await response.json()).error, /WebSocket/);
    });

    it("checks whom and which device the socket's query names", async () => {
      const [user, other] = [await User.register(server), await User.register(server)];
      const dial = (query) => upgrade(server, query, { Cookie: user.cookie, Origin: server.origin });
      assert.equal((await dial(`?user_id=${other.id}&device_id=laptop`)).status, 403);
      assert.equal((await dial(`?user_id=&device_id=laptop`)).status, 403);
      for (const deviceId of ["", "with%20space", "%C3%A9", "x".repeat(65)]) {
        assert.equal((await dial(`?device_id=${deviceId}`)).status, 400, deviceId);
      }
      assert.equal((await dial(`?device_id=${"x".repeat(64)}`)).status, 101);
    });

    it("names unknown routes and wrong methods", async () => {
      const user = await User.register(server);
      assert.equal((await user.get("/sync/nothing")).status, 404);
      const response = await user.get("/sync/pull");
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("Allow"), "POST");
    });

    it("forbids to cache or to sniff any answer", async () => {
      const user = await User.register(server);
      const answers = [await user.get("/sync/status"), await user.get("/nothing"), await request(server, "GET", "/sync/status")];
      for (const answer of answers) {
        assert.equal(answer.headers.get("Cache-Control"), "no-store");
        assert.equal(answer.headers.get("X-Content-Type-Options"), "nosniff");
      }
    });

    it("serves the app for every other path", async () => {
      for (const path of ["/", "/some/page"]) {
        const response = await fetch(server.origin + path, { headers: { "Sec-Fetch-Mode": "navigate" } });
        assert.equal(response.status, 200);
        assert.match(response.headers.get("Content-Type"), /^text\/html/);
      }
    });
  });
}
