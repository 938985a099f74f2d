/** Temporary ids: a word, an underscore and a UUID. */

let last = 0;

/**
 * Puts the time in front of a random id, in the manner of a UUID of version 7: rows that the server has given no place stand in the order of
 * their ids, and so in the order in which they were made. Each is later than the one before, also within a millisecond.
 */
export function inOrderOfTime(id: string): string {
  last = Math.max(last + 1, Date.now());
  const time = last.toString(16).padStart(12, "0");
  const word = id.slice(0, id.indexOf("_") + 1);
  return `${word}${time.slice(0, 8)}-${time.slice(8)}-7${id.slice(word.length + "xxxxxxxx-xxxx-4".length)}`;
}
