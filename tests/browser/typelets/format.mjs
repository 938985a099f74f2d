import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { prepare } from "./page.mjs";
import { masterKey, openNote, rowKey } from "./sealing.mjs";
import { openTypeletsPage } from "./server.mjs";

const BOUND = { timeout: 60_000 };
const { typelets_encryption: ANSWERS } = JSON.parse(readFileSync(new URL("../../vectors/interop.json", import.meta.url), "utf8"));

export function format(browser) {
  describe("the known answers of the sealed format", () => {
    for (const [index, answer] of ANSWERS.entries()) {
      const { mode, userId, password, userSecret_b64: secret, iv_b64: iv, salt_b64: salt, title, content, encryptedTitle, encryptedContent } = answer;
      const row = { title: "[ENCRYPTED]", content: "[ENCRYPTED]", encryptedTitle, ...(encryptedContent && { encryptedContent }), iv, salt };

      it(`(${index}, ${mode}) open in a page`, BOUND, async (t) => {
        const { server, page } = await openTypeletsPage(browser, t, prepare, { options: { userId, masterPassword: password, deviceSecret: secret } });
        server.userId = userId;
        const { id } = server.add(row);
        await page.evaluate(() => connect("live"));
        const note = await page.evaluate((id) => sync.get("note", id), id);
        assert.deepEqual([note.title, note.content, note.unreadable], [title, content, undefined]);
        assert.deepEqual(await page.evaluate(() => codes()), []);
      });

      it(`(${index}, ${mode}) open with what these tests read notes with`, () => {
        const key = password === undefined ? rowKey(userId, secret, salt) : masterKey(userId, password);
        assert.equal(key.toString("hex"), answer.key_hex);
        assert.equal(openNote(key, { ...row, encryptedContent: encryptedContent ?? encryptedTitle }).title, title);
        assert.throws(() => openNote(key, { ...row, encryptedContent: encryptedTitle.replace(/^./, "A") }));
      });
    }
  });
}
