// Each wrong option and each wrong change of `sealwire/glint` is refused by name.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { libraryPages } from "./library.mjs";

// As source text, because most of these values cannot travel into the page.
const WRONG_OPTIONS = {
  "{ dialect: 'bitmarks' }": "bad_option dialect",
  "{ dialect: undefined }": "bad_option dialect",
  "{ origin: undefined }": "bad_option origin",
  "{ origin: 7 }": "bad_option origin",
  "{ origin: new URL(location.origin) }": "bad_option origin",
  "{ origin: 'example.org' }": "bad_option origin",
  "{ origin: 'ftp://example.org' }": "bad_option origin",
  "{ origin: 'wss://example.org' }": "bad_option origin",
  "{ origin: 'https://example.org/glint' }": "bad_option origin",
  "{ origin: 'https://example.org/?a=1' }": "bad_option origin",
  "{ origin: 'https://example.org/#a' }": "bad_option origin",
  "{ origin: 'https://ada:secret@example.org' }": "bad_option origin",
  "{ teamId: undefined }": "bad_option teamId",
  "{ teamId: '' }": "bad_option teamId",
  "{ teamId: 7 }": "bad_option teamId",
  "{ teamId: 'é'.repeat(129) }": "bad_option teamId",
  "{ teamId: '\\ud800' }": "bad_option teamId",
  "{ setId: undefined }": "bad_option setId",
  "{ setId: '' }": "bad_option setId",
  "{ setId: 's'.repeat(257) }": "bad_option setId",
  "{ me: undefined }": "bad_option me",
  "{ me: null }": "bad_option me",
  "{ me: 'user_1' }": "bad_option me",
  "{ me: {} }": "bad_option me",
  "{ me: { id: '' } }": "bad_option me",
  "{ me: { id: 'u'.repeat(257) } }": "bad_option me",
  "{ me: { id: 'user_1', name: 7 } }": "bad_option me",
  "{ me: { id: 'user_1', avatarUrl: '\\ud800' } }": "bad_option me",
  "{ maxQueue: 0 }": "bad_option maxQueue",
  "{ maxQueue: 1.5 }": "bad_option maxQueue",
  "{ maxQueue: 1000001 }": "bad_option maxQueue",
  "{ maxQueue: '10' }": "bad_option maxQueue",
};

const RIGHT_OPTIONS = [
  "{}",
  "{ origin: 'https://example.org/' }",
  "{ origin: 'http://localhost:8080', maxQueue: 1 }",
  "{ teamId: 'personal:user_1', setId: 'é/?#%'.repeat(42) }",
  "{ me: { id: 'user_1', name: 'Ada', username: 'ada', avatarUrl: null } }",
];

const WRONG_CHANGES = {
  "createTodo()": "bad_change",
  "createTodo({})": "bad_change",
  "createTodo({ title: ' ' })": "bad_change",
  "createTodo({ title: 7 })": "bad_change",
  "createTodo({ title: 'Milk', id: '' })": "bad_change",
  "createTodo({ title: 'Milk', id: 'i'.repeat(257) })": "bad_change",
  "createTodo({ title: 'Milk', id: '\\ud800' })": "bad_change",
  "createTodo({ title: 'Milk', parentId: 7 })": "bad_change",
  "createTodo({ title: 'x'.repeat(1048577) })": "too_large",
  "updateTodo('t1', {})": "bad_change",
  "updateTodo('t1')": "bad_change",
  "updateTodo('t1', { colour: 'red' })": "bad_change",
  "updateTodo('t1', { completed: 'yes' })": "bad_change",
  "updateTodo('t1', { sortOrder: NaN })": "bad_change",
  "updateTodo('t1', { title: 1n })": "bad_change",
  "updateTodo(7, { completed: true })": "bad_change",
  "deleteTodo('')": "bad_change",
  "reorder([])": "bad_change",
  "reorder()": "bad_change",
  "reorder([{ id: 't1' }])": "bad_change",
  "claim('t1', 'yes')": "bad_change",
  "assign('t1')": "bad_change",
  "assign('t1', [7])": "bad_change",
  "moveTodo('t1')": "bad_change",
  "moveTodo('t1', 'inbox')": "bad_change",
  "moveTodo('t1', 'later', 'first')": "bad_change",
  "moveTodo('t1', 'later', 0)": "bad_change",
  "pushChange('note', 't1', 'create', { title: 'Milk' })": "bad_change",
  "pushChange('todo', 't1', 'upsert', { title: 'Milk' })": "bad_change",
  "pushChange('todo', 't1', 'delete', { title: 'Milk' })": "bad_change",
  "on('changed', () => {})": "bad_option event",
  "on('change')": "bad_option event",
  "switchSet('')": "bad_option setId",
};

let pages, opened;
before(async () => {
  pages = await libraryPages();
  opened = await pages.open("glint");
});
after(() => pages?.close());

const codeOf = (source) => opened.page.evaluate(`codeOf(async () => { ${source} })`);

for (const right of RIGHT_OPTIONS) {
  test(`open with ${right}`, async () => {
    assert.equal(await codeOf(`(await sealwire.RealtimeSyncManager.open({ ...options(), ...${right} })).close()`), "nothing thrown");
  });
}

test("no options at all", async () => {
  assert.equal(await codeOf("await sealwire.RealtimeSyncManager.open()"), "bad_option dialect");
  assert.equal(await codeOf("await sealwire.RealtimeSyncManager.open(null)"), "bad_option dialect");
});

for (const [wrong, expected] of Object.entries(WRONG_OPTIONS)) {
  test(`open with ${wrong}`, async () => {
    assert.equal(await codeOf(`await sealwire.RealtimeSyncManager.open({ ...options(), ...${wrong} })`), expected);
  });
}

for (const [wrong, expected] of Object.entries(WRONG_CHANGES)) {
  test(wrong, async () => {
    const call = `
      const sync = await sealwire.RealtimeSyncManager.open(options());
      try { await sync.${wrong}; } finally { sync.close(); }
    `;
    assert.equal(await codeOf(call), expected);
  });
}

test("the error says what is wrong", async () => {
  const told = await opened.page.evaluate(`
    sealwire.RealtimeSyncManager.open({ ...options(), me: { id: "user_1", name: 7 } }).catch(({ detail }) => detail)
  `);
  assert.equal(told, "`me` has a `name` that is no well-formed string");
});

test("a listener that throws stops no other, and is reported", async () => {
  const told = await opened.page.evaluate(`(async () => {
    const sync = await sealwire.RealtimeSyncManager.open(options());
    const told = [];
    sync.on("error", ({ code, detail }) => told.push(code + " " + detail));
    sync.on("change", () => { throw new Error("ouch") });
    const end = sync.on("change", ({ data }) => told.push(data.title));
    await sync.createTodo({ title: "Milk" });
    end();
    await sync.createTodo({ title: "Bread" });
    sync.close();
    return told;
  })()`);
  assert.deepEqual(told, ["Milk", "listener_failed ouch", "listener_failed ouch"]);
});
