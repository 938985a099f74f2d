import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { agree } from "./agreeing.mjs";
import { openAccount } from "./devices.mjs";

const BOUND = { timeout: 420_000 };
/** Most of their time they wait: what is lost is looked for until 30 s have passed. */
const TOGETHER = { concurrency: 5 };

const answered = (status) => ({ wire }) => wire.answers.includes(status);
const isShort = (sent, received) => ({ wire }) => wire.sent(sent).length > wire.received(received).length;
const dialledAgain = ({ wire }) => wire.sockets.length > 1;

/**
 * How the server misbehaves while both devices work, `cuts`: milliseconds between two times at which all sockets end; and how it shows that a device has met with it.
 */
const MISBEHAVIOURS = {
  "no faults": {},
  "answers are lost": { loseReplies: { share: 0.5 }, met: answered(502) },
  "answers break off": { breakReplies: { share: 0.5 }, met: answered("broken off") },
  "confirmations are lost": { dropSuccess: { share: 0.5 }, met: isShort("note_update", "note_update_success") },
  "confirmations come too late": { delaySuccess: { share: 0.5 }, successAfterMs: 12_000, met: ({ codes }) => codes.includes("no_answer") },
  "updates overtake each other": { scrambleUpdates: { share: 1 } },
  "sockets end before an update": { cutBefore: { share: 0.5 }, met: dialledAgain },
  "sockets end after an update": { cutAfter: { share: 0.5 }, met: dialledAgain },
  "sockets end all the time": { cuts: 700, met: dialledAgain },
  "writes are refused for a while": { refuseWrites: { share: 0.5 }, met: answered(503) },
  "nothing can be read for a while": { refuseReads: { share: 0.5 }, met: answered(503) },
  "what is relayed is lost": { dropRelays: { share: 0.7 } },
  "answers are slow": { replyAfterMs: 1_500, authenticateAfterMs: 1_000 },
  "everything at once": {
    loseReplies: { share: 0.2 }, breakReplies: { share: 0.2 }, dropSuccess: { share: 0.3 }, scrambleUpdates: { share: 0.5 }, cutAfter: { share: 0.2 },
    refuseWrites: { share: 0.2 }, refuseReads: { share: 0.2 }, dropRelays: { share: 0.5 }, cuts: 8_000, met: (device) => dialledAgain(device) && answered(502)(device),
  },
};

export function losing(browser, serverOf) {
  describe("two devices that write while the server misbehaves", TOGETHER, () => {
    for (const [name, { cuts, met, ...faults }] of Object.entries(MISBEHAVIOURS)) {
      it(`${name}: both end with the server's notes, and nothing is done twice`, BOUND, async (t) => {
        const account = await openAccount(browser, t, serverOf());
        const { id } = await account.makeNote({ title: "Shared", content: "as it was" });
        const devices = await account.openLive(2, { keepJoins: true });
        await account.setFaults(faults);
        const names = ["one", "other"];
        const work = Promise.all(devices.map(({ page }, index) => page.evaluate(writeALot, { name: names[index], shared: id })));
        const isOver = work.then(() => true, () => true);
        while (cuts) {
          await account.setFaults({ ...faults, closeSockets: true });
          if (await Promise.race([isOver, sleep(cuts, false)])) break;
        }
        const outcomes = await work;
        const seen = await Promise.all(devices.map(async ({ wire, page }) => ({ wire, codes: await page.evaluate(() => codes()) })));
        assert.ok(!met || seen.some(met), "no device has met with it");
        assert.deepEqual(outcomes.flat().filter((outcome) => !["confirmed", "superseded", "unchanged"].includes(outcome)), []);
        await account.setFaults({});
        const notes = await agree(account, devices);

        const titled = notes.filter((note) => note.id !== id).map(({ title, content, starred, folderId }) => [title, content, starred, notes.folders.find((folder) => folder.id === folderId)?.name]);
        assert.deepEqual(titled.sort(), names.flatMap((name) => [
          [`${name} kept`, "edited", true, `${name}'s folder`], [`${name} second`, "", false, undefined],
        ]).sort());
        const shared = notes.find((note) => note.id === id);
        assert.ok(names.some((name) => shared.title === `titled by ${name}`) && names.some((name) => shared.content === `written by ${name}`), JSON.stringify(shared));
        assert.equal(shared.starred, true);
        // With those in the bin: no note and no folder stands there twice.
        assert.deepEqual((await account.notes()).map(({ title }) => title.replace(/^titled.*/, "shared")).sort(), [
          ...names.flatMap((name) => [`${name} kept`, `${name} second`, `${name} binned`]), "shared", "The last one",
        ].sort());
        assert.deepEqual(notes.folders.map(({ name }) => name).sort(), names.map((name) => `${name}'s folder`));
        for (const { page } of devices) {
          assert.deepEqual(await page.evaluate(() => [refusals, sync.status.wedged, sync.status.state]), [[], 0, "live"]);
          assert.deepEqual((await page.evaluate(() => codes())).filter((code) => !PASSING.includes(code)), []);
        }
      });
    }
  });
}

/** What may be told meanwhile, and passes. */
const PASSING = ["connection_lost", "dial_failed", "no_answer", "request_failed", "server_error"];

/** In a page: every kind of change, most of them without waiting for the one before. Resolves to the outcomes. */
async function writeALot({ name, shared }) {
  sync.joinNote(shared);
  const pushes = [];
  const push = async (made) => (pushes.push(await made), pushes.at(-1));
  const binned = await push(sync.createNote({ title: `${name} binned` }));
  const kept = await push(sync.createNote({ title: `${name} first`, content: "new" }));
  await push(sync.createNote({ title: `${name} second` }));
  const folder = await push(sync.createFolder({ name: `${name}'s dir` }));
  await push(sync.updateNote(kept.entityId, { folderId: folder.entityId }));
  await push(sync.updateNote(shared, { content: `written by ${name}` }));
  await push(sync.updateNote(kept.entityId, { title: `${name} kept` }));
  await push(sync.updateNote(shared, { starred: true }));
  await push(sync.updateFolder(folder.entityId, { name: `${name}'s folder` }));
  await push(sync.updateNote(kept.entityId, { content: "edited", starred: true }));
  await push(sync.updateNote(shared, { title: `titled by ${name}` }));
  await binned.acknowledged;
  await push(sync.deleteNote(binned.entityId));
  await until(() => sync.status.pending === 0, 300_000);
  return Promise.all(pushes.map(({ acknowledged }) => acknowledged));
}
