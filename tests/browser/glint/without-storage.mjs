import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGlintPage } from "./page.mjs";

const BOUND = { timeout: 60_000 };

/** What a browser may make of IndexedDB, before a page begins. */
const WITHOUT_INDEXEDDB = {
  "is missing": () => delete Object.getPrototypeOf(globalThis).indexedDB && delete globalThis.indexedDB,
  "is forbidden": () => {
    Object.defineProperty(globalThis, "indexedDB", {
      get() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
  },
  "throws where it is opened": () => {
    for (const method of ["open", "deleteDatabase", "databases"]) {
      IDBFactory.prototype[method] = () => {
        throw new DOMException("A mutation operation was attempted on a database that did not allow mutations.", "InvalidStateError");
      };
    }
  },
  "cannot be opened, as it tells later": () => {
    const { open } = IDBFactory.prototype;
    const fail = () => {
      const request = open.call(indexedDB, `of no use ${Math.random()}`);
      request.addEventListener("upgradeneeded", (event) => {
        event.stopImmediatePropagation();
        request.transaction.abort();
      });
      return request;
    };
    Object.assign(IDBFactory.prototype, { open: fail, deleteDatabase: fail, databases: () => Promise.reject(new DOMException("", "UnknownError")) });
  },
};

/** In a page: a todo in each of two sets, of which the second is shown in the end. */
async function createInBoth() {
  globalThis.sync = await manager();
  const first = await sync.createTodo({ title: "Milk", id: "mine" });
  await sync.switchSet("later");
  const second = await sync.createTodo({ title: "For later" });
  return { durabilities: [first.durability, second.durability], storage: sync.status.storage };
}

/** In a page: an account of another user, which no `forget` of this one may touch. */
async function createAsAnother() {
  const another = await manager({ me: { id: "user_2" } });
  await another.createTodo({ title: "Another's" });
  another.close();
}

async function openAsAnother() {
  const another = await manager({ me: { id: "user_2" } });
  return (await another.list()).map(({ title }) => title);
}

export function withoutStorage(browser) {
  describe("where IndexedDB", () => {
    for (const [what, damage] of Object.entries(WITHOUT_INDEXEDDB)) {
      it(`${what}: localStorage keeps the queue over a reload, and forget wipes all of the account`, BOUND, async (t) => {
        const { server, context, page, problems, reload } = await openGlintPage(browser, (end) => t.after(end));
        await context.addInitScript(damage);
        await reload();
        await page.evaluate(createAsAnother);
        assert.deepEqual(await page.evaluate(createInBoth), { durabilities: ["relaxed", "relaxed"], storage: "localstorage" });
        await reload();
        const shown = await page.evaluate(async () => {
          globalThis.sync = await manager();
          sync.connect();
          await settled();
          return [await titles(), (await sync.list())[0].key, (await sync.get("mine")).title, sync.status.account];
        });
        assert.deepEqual(shown, [["Milk"], "mine", "Milk", "verified"]);
        // Which other sets there are is not told here: they are sent when they are shown.
        await page.evaluate(() => sync.switchSet("later").then(() => settled()));
        assert.deepEqual([server.titles("inbox"), server.titles("later")], [["Milk"], ["For later"]]);

        await page.evaluate(() => sync.createTodo({ title: "Not sent" }).then(() => sync.forget()));
        assert.equal(await page.evaluate(() => codeOf(() => sync.list())), "closed");
        const left = await page.evaluate(() => Object.keys(localStorage));
        assert.deepEqual(left, [`sealwire/glint/${server.origin}/user_2/team%2F1/inbox`]);
        assert.deepEqual(await page.evaluate(openAsAnother), ["Another's"]);
        assert.deepEqual(problems, []);
      });

      it(`${what}, and localStorage is forbidden: changes are kept in memory, sent, and forgotten`, BOUND, async (t) => {
        const { server, context, page, problems, reload } = await openGlintPage(browser, (end) => t.after(end));
        await context.addInitScript(damage);
        await context.addInitScript(() => {
          Object.defineProperty(globalThis, "localStorage", {
            get() {
              throw new DOMException("The operation is insecure.", "SecurityError");
            },
          });
        });
        await reload();
        assert.deepEqual(await page.evaluate(createInBoth), { durabilities: ["memory", "memory"], storage: "memory" });
        await page.evaluate(() => (sync.connect(), settled()));
        await server.written(2); // The other set is still open, since something waits there.
        assert.deepEqual([server.titles("inbox"), server.titles("later")], [["Milk"], ["For later"]]);
        await page.evaluate(() => sync.forget());
        const after = await page.evaluate(async () => [await codeOf(() => sync.list()), await codeOf(() => sync.forget()), await (await manager()).list()]);
        assert.deepEqual(after, ["closed", "closed", []]);
        assert.deepEqual(problems, []);
      });
    }
  });

  describe("forget, where IndexedDB fails by then,", () => {
    const DAMAGES = {
      "deletes what cannot be opened": ["open"],
      "clears what cannot be deleted": ["deleteDatabase"],
    };
    for (const [what, methods] of Object.entries(DAMAGES)) {
      it(what, BOUND, async (t) => {
        const { page, reload } = await openGlintPage(browser, (end) => t.after(end));
        await page.evaluate(createAsAnother);
        await page.evaluate(createInBoth);
        await page.evaluate(async (methods) => {
          for (const method of methods) {
            IDBFactory.prototype[method] = () => {
              throw new DOMException("Internal error.", "UnknownError");
            };
          }
          await sync.forget();
        }, methods);
        await reload();
        const shown = await page.evaluate(async () => {
          globalThis.sync = await manager();
          const inbox = await titles();
          await sync.switchSet("later");
          return [...inbox, ...(await titles())];
        });
        assert.deepEqual(shown, []);
        assert.deepEqual(await page.evaluate(openAsAnother), ["Another's"]);
      });
    }

    it("wipes the other sets, and rejects where one is left", BOUND, async (t) => {
      const { server, page, reload } = await openGlintPage(browser, (end) => t.after(end));
      await page.evaluate(createInBoth);
      const told = await page.evaluate(async () => {
        const { open, deleteDatabase } = IDBFactory.prototype;
        const unless = (method) =>
          function (name, ...rest) {
            if (name.endsWith("/inbox")) throw new DOMException("Internal error.", "UnknownError");
            return method.call(this, name, ...rest);
          };
        Object.assign(IDBFactory.prototype, { open: unless(open), deleteDatabase: unless(deleteDatabase) });
        return codeOf(() => sync.forget());
      });
      assert.equal(told, "storage_failed");
      const left = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
      assert.deepEqual(left, [`sealwire/glint/${server.origin}/user_1/team%2F1/inbox`]);
      await reload();
      await page.evaluate(async () => (await manager()).forget());
      assert.deepEqual(await page.evaluate(() => indexedDB.databases()), []);
    });
  });
}
