import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, it } from "node:test";
import { User } from "../client.mjs";
import { askForToken, rest, Writer } from "./client.mjs";

export function typeletsTokens(server) {
  const jwks = async () => (await fetch(`${server.origin}/typelets/.well-known/jwks.json`)).json();

  describe("typelets: tokens", () => {
    it("are minted for the account of the session, with where its notes are", async () => {
      const user = await User.register(server);
      const response = await askForToken(server, { cookie: user.cookie });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("Cache-Control"), "no-store");
      const { token, expiresAt, ...rest } = await response.json();
      const url = `${server.origin.replace("http", "ws")}/typelets/ws?user_id=${user.id}`;
      assert.deepEqual(rest, { userId: user.id, url, api: `${server.origin}/typelets/api` });

      const { header, claims } = decode(token);
      assert.equal(header.alg, "ES256");
      assert.equal(claims.sub, user.id);
      assert.equal(claims.exp * 1000, expiresAt);
      assert.equal(claims.exp - claims.iat, 3600);
      assert.ok(Math.abs(claims.iat - Date.now() / 1000) < 10);
    });

    it("can be checked by whoever knows the public keys, which hold no private part", async () => {
      const { token } = await Writer.join(server);
      const { header } = decode(token);
      const { keys } = await jwks();
      assert.deepEqual(keys.map((key) => Object.keys(key).sort()), [["alg", "crv", "kid", "kty", "use", "x", "y"]]);
      const [{ kid, alg, ...key }] = keys;
      assert.deepEqual({ kid, alg }, { kid: header.kid, alg: "ES256" });
      const [data, signature] = [token.slice(0, token.lastIndexOf(".")), token.slice(token.lastIndexOf(".") + 1)];
      const publicKey = { key: createPublicKey({ key, format: "jwk" }), dsaEncoding: "ieee-p1363" };
      assert.ok(verify("sha256", Buffer.from(data), publicKey, Buffer.from(signature, "base64url")));
    });

    it("are nobody's without a session, and no page of another origin gets one", async () => {
      const user = await User.register(server);
      assert.equal((await askForToken(server)).status, 401);
      assert.equal((await askForToken(server, { cookie: `session=${user.id}.${"A".repeat(43)}` })).status, 401);
      assert.equal((await askForToken(server, { cookie: user.cookie, origin: "http://evil.example" })).status, 403);
    });

    it("last as long as they are asked to", async () => {
      const ada = await Writer.join(server);
      for (const ttl of [1, 86_400]) {
        const { claims } = decode((await ada.mint(ttl)).token);
        assert.equal(claims.exp - claims.iat, ttl);
      }
      for (const ttl of ["-1", "86401", "1.5", "x", ""]) {
        assert.equal((await askForToken(server, { cookie: ada.user.cookie, ttl })).status, 400, ttl);
      }
    });

    it("that have expired are told from those that are no good, by the socket alone", async () => {
      const ada = await Writer.join(server);
      const { token: expired } = await ada.mint(0);
      const response = await rest(server, "GET", "/notes", { token: expired });
      assert.equal(response.status, 401);
      assert.deepEqual(await response.json(), { error: "Authentication required" });

      const socket = await ada.dial();
      assert.deepEqual(await socket.authenticate(expired), { type: "auth_failed", message: "Token expired", reason: "token-expired" });
      assert.equal(await socket.end(), 1005);
    });

    it("that somebody else made are refused by both ways", async () => {
      const ada = await Writer.join(server);
      for (const [what, token] of Object.entries(await forgeries(ada))) {
        const response = await rest(server, "GET", "/notes", { token });
        assert.equal(response.status, 401, what);
        const socket = await ada.dial();
        const answer = await socket.authenticate(token);
        assert.deepEqual(answer, { type: "auth_failed", message: "Authentication failed", reason: "auth-failed" }, what);
        assert.equal(await socket.end(), 1005, what);
      }
    });
  });

  /** Tokens that say they are this user's and that nobody has minted. */
  async function forgeries(ada) {
    const { header, claims } = decode(ada.token);
    const [head, body, signature] = ada.token.split(".");
    const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const signed = (header, claims) => {
      const data = `${encode(header)}.${encode(claims)}`;
      return `${data}.${sign("sha256", Buffer.from(data), { key: stranger, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
    };
    const [{ x, y, kty, crv }] = (await jwks()).keys;
    const asText = JSON.stringify({ kty, crv, x, y });
    const hmacData = `${encode({ ...header, alg: "HS256" })}.${encode(claims)}`;
    return {
      "no token": "x",
      "another's key": signed(header, claims),
      "another's key, expired": signed(header, { ...claims, exp: 1 }),
      "an unknown key": signed({ ...header, kid: "x" }, claims),
      "no signature": `${encode({ ...header, alg: "none" })}.${body}.`,
      "the public key as a secret": `${hmacData}.${createHmac("sha256", asText).update(hmacData).digest("base64url")}`,
      "other claims": `${head}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}`,
      "half a signature": `${head}.${body}.${signature.slice(0, 43)}`,
    };
  }
}

function decode(token) {
  const [header, claims] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
  return { header: JSON.parse(header), claims: JSON.parse(claims) };
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
