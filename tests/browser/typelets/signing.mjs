import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import { prepare } from "./page.mjs";
import { openTypeletsPage } from "./server.mjs";

const BOUND = { timeout: 60_000 };
const SECRET = "098afbf2fc25541b58d8b451a058bbbc18ce6f7024c697f307822d2b49e0036e";

export function signing(browser) {
  describe("signed frames", () => {
    it("keep what comes after them behind them, on their socket alone", BOUND, async (t) => {
      const { server, page } = await openTypeletsPage(browser, t, prepare, { options: { sign: true, keepJoins: true } });
      server.secret = SECRET;
      const [one, two] = ["One", "Two"].map((title) => server.add({ title, content: "" }).id);
      await page.evaluate(() => {
        const sign = crypto.subtle.sign.bind(crypto.subtle);
        /** What is being signed: each waits until it is let go. */
        globalThis.held = [];
        crypto.subtle.sign = async (...asked) => {
          await new Promise((letGo) => held.push({ text: new TextDecoder().decode(asked[2]), letGo }));
          return sign(...asked);
        };
        return connect("live");
      });
      assert.deepEqual(server.frames.map(({ type }) => type), ["auth", "ping"]);
      await page.evaluate(async (id) => {
        sync.joinNote(id);
        await until(() => held.length === 1);
        dispatchEvent(new Event("online")); // A ping, which is not signed.
        held[0].letGo();
      }, one);
      await server.heard("ping", 2);
      assert.deepEqual(server.frames.slice(2).map(({ payload, type }) => payload?.type ?? type), ["join_note", "ping"]);

      await page.evaluate((id) => (sync.joinNote(id), until(() => held.length === 2)), two);
      server.cut();
      await page.evaluate(async () => {
        await until(() => held.length === 3); // The next socket is not kept waiting by the one before.
        held[1].letGo();
        held[2].letGo();
        await until(() => held.length === 4);
        held[3].letGo();
      });
      const isSigned = ({ signature }) => signature !== undefined;
      await server.heard(undefined, 3);
      const texts = await page.evaluate(() => held.map(({ text }) => text));
      const signed = server.frames.filter(isSigned).map(({ payload, timestamp, nonce }) => JSON.stringify({ payload, timestamp, nonce }));
      assert.deepEqual(signed, [texts[0], texts[2], texts[3]]);
      assert.deepEqual(server.frames.filter(isSigned).map(({ signature }) => signature), signed.map((text) => createHmac("sha256", SECRET).update(text).digest("base64")));
      assert.equal(await page.evaluate(() => codes().join()), "connection_lost");
    });

    it("need WebCrypto, also where nothing is sealed", BOUND, async (t) => {
      const { page } = await openTypeletsPage(browser, t, prepare, { options: { content: "plain", masterPassword: undefined } });
      const told = await page.evaluate(async () => {
        Object.defineProperty(crypto, "subtle", { value: undefined }); // As on a page by plain http.
        return [await codeOf(() => manager({ sign: true })), await codeOf(async () => (await manager()).close())];
      });
      assert.deepEqual(told, ["not_supported", "nothing thrown"]);
    });
  });
}
