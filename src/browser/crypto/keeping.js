// The keys of an account on this device: beside its id and its outbox, in one database, so that none of them is there without the others.
//
// A key is kept as a CryptoKey that cannot be exported, which hides it from scripts and not from a reader of the disk; wrapped under a
// password; or not at all. Its id is kept in any case.

import { syncError } from "../errors.js";
import { importKey, stretch } from "./key.js";
import { Ring } from "./ring.js";
import { subtle } from "./subtle.js";

const AES = { name: "AES-GCM", length: 256 };
const ITERATIONS = 600_000;

/** The ring of what the app gave and what is kept. Rejects with `key_missing` or `key_mismatch`. */
export async function openRing(place, { members: given, keep: wanted }, needsBytes, compressAbove) {
  const keep = crypto.subtle ? wanted : false; // Keys of software ciphers are bytes, which nothing hides.
  const kept = await place.loadKeys();
  const members = await Promise.all(given.map(async ({ generation, source }) => ({ generation, ...(await importKey(source, needsBytes || keep.password)) })));
  const known = kept?.members ?? [];
  for (const member of members) member.generation ??= generationOf(member, known, kept?.isProven);
  if (members.length > 0 && !belong(members, known)) throw syncError("key_mismatch");
  for (const old of known) {
    if (members.some((member) => isSameKey(member, old))) continue;
    const again = { generation: old.generation, id: old.id, kept: old, ...(await revived(old, keep.password, needsBytes)) };
    // A first key that nothing has proved is given up, unless changes wait that only it opens.
    if (members.length > 0 && !kept.isProven && !again.key && kept.hasChanges) throw syncError("key_mismatch");
    members.push(again);
  }
  members.sort(newestFirst);
  // Nothing is sealed under an older key where a newer one is known.
  if (!members[0]?.key) throw syncError("key_missing");
  await place.keepKeys(await Promise.all(members.map((member) => recordOf(member, keep, needsBytes))));
  if (!needsBytes) for (const { bytes } of members) bytes?.fill(0);
  const usable = (all) => all.filter(({ key }) => key);
  const reload = async () => {
    const { members: now = [] } = (await place.loadKeys()) ?? {};
    const all = await Promise.all(now.map(async (old) => ({ ...old, ...(await revived(old, keep.password, needsBytes)) })));
    return usable(all).sort(newestFirst);
  };
  return new Ring(usable(members), reload, compressAbove);
}

function newestFirst(one, other) {
  return other.generation - one.generation;
}

/** The generation of a key that was given without one: that which it is kept with. A first key that proved wrong gives way to the next. */
function generationOf(member, known, isProven) {
  const same = known.find((old) => isSameKey(member, old));
  const newest = Math.max(-1, ...known.map(({ generation }) => generation));
  return same?.generation ?? (isProven ? newest : newest + 1);
}

/** Whether a ring goes on from the one that is kept: with a key of it, or with a newer generation. */
function belong(members, known) {
  const isAnother = (member) => known.some((old) => old.generation === member.generation && !isSameKey(member, old));
  return !members.some(isAnother);
}

function isSameKey({ id: one }, { id: other }) {
  return one.every((byte, at) => byte === other[at]);
}

/** The form in which a key is kept. */
async function recordOf({ generation, id, key, bytes, kept }, keep, needsBytes) {
  const record = { generation, id };
  if (kept) return keep ? kept : record;
  if (keep.password) {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    return { ...record, salt, ...(await wrapped(bytes, await passwordKey(keep.password, salt))) };
  }
  if (!keep) return record;
  if (!needsBytes) return { ...record, key };
  // The cipher of this format takes bytes, so it is they that are kept, under a key that cannot be exported.
  const wrapping = await subtle().generateKey(AES, false, ["encrypt", "decrypt"]);
  return { ...record, wrapping, ...(await wrapped(bytes, wrapping)) };
}

/** A kept key, ready for use; nothing where it is not at hand. */
async function revived({ key, salt, wrapping, iv, bytes }, password, needsBytes) {
  if (key) return { key };
  if (!bytes || (salt && !password)) return {};
  try {
    const unwrapping = wrapping ?? (await passwordKey(password, salt));
    return await importKey(new Uint8Array(await subtle().decrypt({ ...AES, iv }, unwrapping, bytes)), needsBytes);
  } catch {
    throw syncError("key_mismatch"); // It is another password.
  }
}

async function wrapped(bytes, wrapping) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: new Uint8Array(await subtle().encrypt({ ...AES, iv }, wrapping, bytes)) };
}

async function passwordKey(password, salt) {
  const bytes = await stretch({ password, salt, iterations: ITERATIONS });
  try {
    return await subtle().importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  } finally {
    bytes.fill(0);
  }
}
