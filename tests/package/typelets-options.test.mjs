// Each wrong option and each wrong change of `sealwire/typelets` is refused by name.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { libraryPages } from "./library.mjs";

// As source text, because most of these values cannot travel into the page.
const WRONG_OPTIONS = {
  "{ dialect: 'bitmarks' }": "bad_option dialect",
  "{ dialect: undefined }": "bad_option dialect",
  "{ url: 7 }": "bad_option url",
  "{ url: '' }": "bad_option url",
  "{ url: 'example.org' }": "bad_option url",
  "{ url: 'https://example.org' }": "bad_option url",
  "{ url: new URL('wss://example.org') }": "bad_option url",
  "{ url: 'wss://ada:secret@example.org' }": "bad_option url",
  "{ api: 7 }": "bad_option api",
  "{ api: '/api' }": "bad_option api",
  "{ api: 'wss://example.org/api' }": "bad_option api",
  "{ api: 'https://ada@example.org/api' }": "bad_option api",
  "{ api: 'https://example.org/api?a=1' }": "bad_option api",
  "{ api: 'https://example.org/api#a' }": "bad_option api",
  "{ userId: undefined }": "bad_option userId",
  "{ userId: '' }": "bad_option userId",
  "{ userId: 7 }": "bad_option userId",
  "{ userId: 'é'.repeat(129) }": "bad_option userId",
  "{ userId: '\\ud800' }": "bad_option userId",
  "{ getToken: undefined }": "bad_option getToken",
  "{ getToken: 'token' }": "bad_option getToken",
  "{ content: 'open' }": "bad_option content",
  "{ content: null }": "bad_option content",
  "{ masterPassword: '' }": "bad_option masterPassword",
  "{ masterPassword: 7 }": "bad_option masterPassword",
  "{ masterPassword: '\\ud800' }": "bad_option masterPassword",
  "{ masterPassword: undefined, deviceSecret: '' }": "bad_option deviceSecret",
  "{ masterPassword: undefined, deviceSecret: 7 }": "bad_option deviceSecret",
  "{ deviceSecret: 'both' }": "bad_option deviceSecret",
  "{ masterPassword: undefined }": "key_missing",
  "{ maxAttempts: 0 }": "bad_option maxAttempts",
  "{ maxAttempts: 1.5 }": "bad_option maxAttempts",
  "{ maxAttempts: '10' }": "bad_option maxAttempts",
  "{ maxAttempts: 1000001 }": "bad_option maxAttempts",
  "{ keepJoins: 'yes' }": "bad_option keepJoins",
  "{ keepJoins: 1 }": "bad_option keepJoins",
  "{ sign: 'yes' }": "bad_option sign",
  "{ sign: null }": "bad_option sign",
  "{ maxQueue: 0 }": "bad_option maxQueue",
  "{ maxQueue: 1.5 }": "bad_option maxQueue",
  "{ maxQueue: 1000001 }": "bad_option maxQueue",
  "{ onNoteSync: 'tell' }": "bad_option onNoteSync",
  "{ onNoteCreatedSync: {} }": "bad_option onNoteCreatedSync",
  "{ onNoteDeletedSync: 0 }": "bad_option onNoteDeletedSync",
  "{ onError: null }": "bad_option onError",
  "{ onAuthenticated: true }": "bad_option onAuthenticated",
};

const RIGHT_OPTIONS = [
  "{}",
  "{ url: undefined, api: undefined }",
  "{ url: 'wss://example.org/ws?user=1#part', api: 'https://example.org/v1/' }",
  "{ userId: 'é/?#%'.repeat(42), maxAttempts: 1_000_000, maxQueue: 1 }",
  "{ masterPassword: undefined, deviceSecret: btoa('x'.repeat(64)) }",
  "{ content: 'plain', masterPassword: undefined }",
  "{ content: 'sealed', keepJoins: true, sign: true, onError: () => {}, onAuthenticated: undefined }",
];

const WRONG_CHANGES = {
  "createNote({ colour: 'red' })": "bad_change",
  "createNote({ title: 7 })": "bad_change",
  "createNote({ content: null })": "bad_change",
  "createNote({ id: '' })": "bad_change",
  "createNote({ id: 7 })": "bad_change",
  "createNote({ id: 'i'.repeat(257) })": "bad_change",
  "createNote({ id: '\\ud800' })": "bad_change",
  "createNote({ folderId: 7 })": "bad_change",
  "createNote({ folderId: '' })": "bad_change",
  "createNote({ starred: 'yes' })": "bad_change",
  "createNote({ deleted: 1 })": "bad_change",
  "createNote({ title: 1n })": "bad_change",
  "createNote({ content: 'x'.repeat(700_001) })": "too_large",
  "sendNoteCreated({ type: 'memo' })": "bad_change",
  "createNote({ id: 'taken' }) && await sync.createNote({ id: 'taken' })": "bad_change",
  "updateNote('n1', {})": "bad_change",
  "updateNote('n1')": "bad_change",
  "updateNote('n1', null)": "bad_change",
  "updateNote('n1', [])": "bad_change",
  "updateNote('n1', { tags: [] })": "bad_change",
  "updateNote('n1', { encryptedTitle: 'x' })": "bad_change",
  "updateNote('n1', { hidden: 0 })": "bad_change",
  "updateNote('', { starred: true })": "bad_change",
  "updateNote(7, { starred: true })": "bad_change",
  "sendNoteUpdate('n1', { createdAt: '' })": "bad_change",
  "deleteNote('')": "bad_change",
  "deleteNote()": "bad_change",
  "sendNoteDeleted(7)": "bad_change",
  "createFolder()": "bad_change",
  "createFolder({})": "bad_change",
  "createFolder({ name: '' })": "bad_change",
  "createFolder({ name: 7 })": "bad_change",
  "createFolder({ name: 'Folder', color: 7 })": "bad_change",
  "createFolder({ name: 'Folder', sortOrder: NaN })": "bad_change",
  "createFolder({ name: 'Folder', noteCount: 1 })": "bad_change",
  "updateFolder('f1', {})": "bad_change",
  "updateFolder('f1', { name: '' })": "bad_change",
  "updateFolder('f1', { parentId: false })": "bad_change",
  "deleteFolder('')": "bad_change",
  "pushChange('todo', 'n1', 'create', {})": "bad_change",
  "pushChange('note', 'n1', 'upsert', {})": "bad_change",
  "pushChange('note', 'n1', 'delete', { title: 'x' })": "bad_change",
  "pushChange('note', 'n1', 'update')": "bad_change",
  "on('changed', () => {})": "bad_option event",
  "on('todo:created', () => {})": "bad_option event",
  "on('change')": "bad_option event",
  "on('note_sync')": "bad_option event",
};

let pages, opened;
before(async () => {
  pages = await libraryPages();
  opened = await pages.open("typelets");
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
      const sync = await sealwire.RealtimeSyncManager.open({ ...options(), userId: crypto.randomUUID() });
      try { await sync.${wrong}; } finally { sync.close(); }
    `;
    assert.equal(await codeOf(call), expected);
  });
}

test("the errors say what is wrong", async () => {
  const told = await opened.page.evaluate(`(async () => {
    const told = [];
    const tell = ({ detail }) => told.push(detail);
    await sealwire.RealtimeSyncManager.open({ ...options(), sign: 1 }).catch(tell);
    await sealwire.RealtimeSyncManager.open({ ...options(), onError: 1 }).catch(tell);
    const sync = await sealwire.RealtimeSyncManager.open(options());
    const wrong = [
      () => sync.updateNote("n1", { colour: "red" }), () => sync.updateNote("n1", {}), () => sync.createNote({ starred: "yes" }),
      () => sync.createFolder({ name: "" }), () => sync.deleteNote(7), () => sync.pushChange("todo", "n1", "delete"), () => sync.pushChange("note", "n1", "delete", {}),
    ];
    for (const call of wrong) await call().catch(tell);
    sync.close();
    return told;
  })()`);
  assert.deepEqual(told, [
    "`sign` must be true or false",
    "`onError` must be a function",
    "a note has no field `colour` that can be set",
    "there is no field in it",
    "`starred` is not true or false",
    "`name` is not a string that is not empty",
    "the id is not a string of 1 to 256 bytes of UTF-8",
    "entityType is not note or folder",
    "a delete takes no data",
  ]);
});

test("more changes than `maxQueue` are `queue_full`", async () => {
  const call = `
    const sync = await sealwire.RealtimeSyncManager.open({ ...options(), userId: "user_full", maxQueue: 2 });
    try { for (const title of ["1", "2", "3"]) await sync.createNote({ title }); } finally { sync.close(); }
  `;
  assert.equal(await codeOf(call), "queue_full");
});

test("after `close` every method throws `closed`", async () => {
  const told = await opened.page.evaluate(`(async () => {
    const sync = await sealwire.RealtimeSyncManager.open(options());
    sync.close();
    sync.close();
    const calls = {
      connect: [], disconnect: [], reconnect: [], joinNote: ["n1"], leaveNote: ["n1"], createNote: [], updateNote: ["n1", { starred: true }], deleteNote: ["n1"],
      sendNoteCreated: [{}], sendNoteUpdate: ["n1", { starred: true }], sendNoteDeleted: ["n1"], createFolder: [{ name: "F" }], updateFolder: ["f1", { name: "F" }],
      deleteFolder: ["f1"], pushChange: ["note", "n1", "delete"], get: ["note", "n1"], list: ["note"], notes: [], folders: [], on: ["change", () => {}], wedged: [],
      retry: ["c1"], discard: ["c1"], receipt: ["c1"], changesSince: [0], forget: [],
    };
    const told = {};
    for (const [name, given] of Object.entries(calls)) told[name] = await codeOf(() => sync[name](...given));
    return [told, sync.status.state];
  })()`);
  assert.deepEqual(Object.entries(told[0]).filter(([, code]) => code !== "closed"), []);
  assert.equal(told[1], "idle");
});

test("a listener that throws stops no other, and is reported", async () => {
  const told = await opened.page.evaluate(`(async () => {
    const sync = await sealwire.RealtimeSyncManager.open({ ...options(), userId: "user_listening" });
    const told = [];
    sync.on("error", ({ code, detail }) => told.push(code + " " + detail));
    sync.on("change", () => { throw new Error("ouch") });
    const end = sync.on("change", ({ data }) => told.push(data.title));
    await sync.createNote({ title: "Milk" });
    end();
    await sync.createNote({ title: "Bread" });
    sync.close();
    return told;
  })()`);
  assert.deepEqual(told, ["Milk", "listener_failed ouch", "listener_failed ouch"]);
});

test("what is stored is there at the next start, without a connection", async () => {
  const shown = await opened.page.evaluate(`(async () => {
    const again = () => sealwire.RealtimeSyncManager.open({ ...options(), userId: "user_stored" });
    let sync = await again();
    const { entityId } = await sync.createFolder({ name: "Folder" });
    await sync.createNote({ title: "Milk", content: "Oat", folderId: entityId });
    sync.close();
    sync = await again();
    const [note] = await sync.notes();
    const [folder] = await sync.folders();
    const { revision, rows } = await sync.changesSince(0);
    sync.close();
    return [note.title, note.content, note.pending, note.folderId === folder.id, folder.name, rows.length, revision > 0];
  })()`);
  assert.deepEqual(shown, ["Milk", "Oat", true, true, "Folder", 2, true]);
});
