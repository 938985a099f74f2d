// Whether pages show the server's own notes.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { eventually } from "../poll.mjs";

/** Above the minute after which a page reads by itself. */
const BOUND_MS = 120_000;
const NOTE = ["id", "title", "content", "folderId", "starred", "archived", "hidden"];
const FOLDER = ["id", "name", "color", "parentId"];

/**
 * Resolves, to the notes and folders that are shown, when nothing waits in any page and each shows what the server has, read with another implementation;
 * throws where a row there does not open. Then the server behaves, another client makes one more note, and it has to be so again.
 */
export async function agree(account, devices) {
  await agreeOnce(account, devices);
  await account.setFaults({});
  const { id } = await account.makeNote({ title: "The last one" });
  // What another client made over REST nobody is told of.
  for (const { page } of devices) await page.evaluate(() => sync.reconnect());
  const { notes, folders } = await agreeOnce(account, devices);
  for (const { problems } of devices) assert.deepEqual(problems, []);
  return Object.assign(notes.filter((note) => note.id !== id), { folders });
}

async function agreeOnce(account, devices) {
  const read = async () => {
    const shown = await Promise.all(devices.map(({ page }) => page.evaluate(async () => {
      return { waits: sync.status.pending, notes: await sync.list("note"), folders: await sync.list("folder") };
    })));
    const [notes, folders] = [await account.notes(), await account.folders()];
    return { there: gistOf({ notes: notes.filter(({ deleted }) => !deleted), folders }), shown: shown.map((page) => ({ waits: page.waits, ...gistOf(page) })) };
  };
  const until = ({ there, shown }) => shown.every(({ waits, ...page }) => waits === 0 && isDeepStrictEqual(page, there));
  const { there } = await eventually("each page shows the server's notes", read, { until, bound: BOUND_MS });
  return there;
}

function gistOf({ notes, folders }) {
  const only = (names) => (row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
  return { notes: notes.map(only(NOTE)).sort(byId), folders: folders.map(only(FOLDER)).sort(byId) };
}

function byId(one, other) {
  return one.id < other.id ? -1 : Number(one.id > other.id);
}
