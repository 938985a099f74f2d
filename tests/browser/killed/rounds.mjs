// One profile, whose browser is killed again and again while a page of it writes.

import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { randomNumbers } from "../../../scripts/random-numbers.mjs";
import { openProfile } from "../profile.mjs";
import { startWitness } from "./witness.mjs";

/** At most so long after a write has resolved the browser is killed, while others are under way. */
const LATER_MS = 40;

/**
 * Kills the browser `kills` times, at random moments, while pages make `writes` in all, and starts it again each time; the last page makes what is left.
 *
 * @param {(profile: object) => Promise<object>} open opens a page that has `write(name)`, which resolves to what is told once the write has resolved
 * @returns what was told, and the last page
 */
export async function killAgainAndAgain(t, { kills, writes, open }) {
  const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));
  t.diagnostic(`the same moments again: KILL_SEED=${seed}`);
  const random = randomNumbers(seed);
  const moments = Array.from({ length: kills }, () => Math.floor(random() * writes)).sort((one, other) => one - other);
  const witness = await startWitness();
  t.after(() => witness.close());
  let profile = await openProfile();
  t.after(() => profile.remove());
  const round = async (number) => {
    const page = await open(profile);
    return { page, written: page.evaluate(writeMany, { witness: witness.url, round: number, count: writes - witness.told.length }) };
  };
  for (const [number, moment] of moments.entries()) {
    const { written } = await round(number);
    await Promise.race([witness.hears(moment), written]);
    await sleep(random() * LATER_MS);
    written.catch(() => {}); // It has nobody to end it.
    await profile.kill();
    profile = await openProfile(profile.directory);
  }
  const { page, written } = await round(kills);
  await written;
  return { told: witness.told, page };
}

/** In a page: eight at a time, and tells of each that has resolved. */
async function writeMany({ witness, round, count }) {
  const socket = new WebSocket(witness);
  await new Promise((resolve) => (socket.onopen = resolve));
  let next = 0;
  const lane = async () => {
    while (next < count) socket.send(await write(`${round}-${next++}`));
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  // What is sent has left once the other side has closed as well.
  await new Promise((resolve) => (socket.onclose = resolve, socket.close()));
}
