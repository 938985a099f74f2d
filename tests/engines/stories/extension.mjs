import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { User } from "../../worker/client.mjs";
import { startRewriting } from "../elsewhere.mjs";
import { launchWith, writeExtension } from "../extension.mjs";
import { startPages } from "../server.mjs";
import { signIn } from "./bookmarks.mjs";

const BOUND = { timeout: 120_000 };

/** What a push of an extension comes to, by its host permissions and the rules of the session's cookie. */
const CASES = [
  { hosts: ["http://127.0.0.1/*"], rules: "SameSite=None; Secure", ends: "confirmed" },
  // Its requests have all cookies of the host, its sockets only those for other sites.
  { hosts: ["http://127.0.0.1/*"], rules: "SameSite=Strict", ends: "reconnecting dial_failed" },
  { hosts: ["http://127.0.0.1/*"], rules: "SameSite=Lax", ends: "reconnecting dial_failed" },
  { hosts: [], rules: "SameSite=None; Secure", ends: "confirmed" },
  { hosts: [], rules: "SameSite=Strict", ends: "stopped needs_auth" },
];

export function extensions() {
  describe("An extension of Chromium, which the server lists:", () => {
    let server, extension;
    before(async () => {
      extension = await writeExtension();
      server = await startPages({ ALLOWED_ORIGINS: extension.origin });
    });
    after(() => Promise.all([server?.stop(), extension?.remove()]));

    for (const { hosts, rules, ends } of CASES) {
      it(`${hosts.length > 0 ? "with" : "without"} host permissions, its page and its service worker, with a cookie of ${rules}: ${ends}`, BOUND, async (t) => {
        const reached = await startRewriting(server, rules);
        t.after(() => reached.close());
        await extension.allow(hosts);
        const { context, worker, remove } = await launchWith(extension);
        t.after(remove);
        const user = await User.register(reached);
        const page = await context.newPage();
        await page.goto(reached.origin);
        await page.evaluate(signIn, { user_id: user.id, secret: user.secret });
        await page.goto(`${extension.origin}/page.html`);
        await page.waitForFunction(() => globalThis.pushFrom !== undefined);
        const options = { url: `${reached.origin.replace("http", "ws")}/api/v1/sync/realtime`, userId: user.id };
        for (const [id, where] of [["bm_page", page], ["bm_worker", worker]]) {
          assert.deepEqual(await where.evaluate((options) => pushFrom(options), { ...options, id }), ["strict", ends], id);
        }
      });
    }
  });
}
