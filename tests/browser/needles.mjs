// A search for many byte strings at once.

const FIRST_BYTES = 4;
/** Shorter ones would be found in random bytes by chance. */
const LEAST_BYTES = 8;
const LEAST_BASE64 = 12;

export class Needles {
  /** By their first four bytes, read as a number. */
  #needles = new Map();
  /** Which of those numbers occur, by a hash: nearly every place of the haystack is passed over by one look here. */
  #occurring = new Uint8Array(1 << 16);

  /** Adds a text in the forms in which it could lie somewhere: UTF-8, both orders of UTF-16, as JSON, as base64 within base64. */
  addText(text) {
    // A short word is looked for with its quotes, as JSON has it, since it may be a part of another one.
    const whole = Buffer.byteLength(text) >= 10 ? text : JSON.stringify(text);
    const bytes = Buffer.from(whole);
    const swapped = Buffer.from(whole, "utf16le").swap16();
    for (const form of [bytes, Buffer.from(whole, "utf16le"), swapped, Buffer.from(JSON.stringify(whole).slice(1, -1))]) {
      this.addBytes(text, form);
    }
    for (const form of base64Within(bytes)) this.addBytes(text, form);
  }

  addBytes(name, bytes) {
    if (bytes.length < LEAST_BYTES) return;
    const first = bytes.readUInt32BE(0);
    const sameBeginning = this.#needles.get(first);
    if (sameBeginning) sameBeginning.push({ name, bytes });
    else this.#needles.set(first, [{ name, bytes }]);
    this.#occurring[hash(first)] = 1;
  }

  /** The names of those that `haystack` holds. */
  foundIn(haystack) {
    const found = new Set();
    let window = 0;
    for (let end = 0; end < haystack.length; end++) {
      window = ((window << 8) | haystack[end]) >>> 0;
      if (this.#occurring[hash(window)] === 0) continue;
      const start = end + 1 - FIRST_BYTES;
      if (start < 0) continue;
      for (const { name, bytes } of this.#needles.get(window) ?? []) {
        if (haystack.compare(bytes, 0, bytes.length, start, Math.min(start + bytes.length, haystack.length)) === 0) found.add(name);
      }
    }
    return [...found];
  }
}

function hash(first) {
  return (first ^ (first >>> 16)) & 0xffff;
}

/** What of the base64 of a longer text is certain where `bytes` lie in it, for each of the three ways they can lie. */
function base64Within(bytes) {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64").replace(/=+$/, "");
    // The first and the last characters also depend on what is beside the bytes.
    const certain = text.slice(before === 0 ? 0 : before + 1, -1);
    return certain.length >= LEAST_BASE64 ? [Buffer.from(certain)] : [];
  });
}
