// Content that is compressed before it is sealed, by the browser's own deflate. Bit 0 of the flags, the first byte of a plaintext, says so.

const COMPRESSED = 1;
/** Largest content that is inflated, in bytes: what claims to be more is taken for a bomb. */
export const MAX_INFLATED = 8_388_608;
const FIXED_BYTES = 9;

/** The plaintext with its content compressed, where that has more than `above` bytes and becomes smaller. */
export async function deflated(plaintext, above) {
  if (!globalThis.CompressionStream) return plaintext;
  const start = startOfContent(plaintext);
  if (plaintext.length - start <= above) return plaintext;
  const packed = await through(new CompressionStream("deflate-raw"), plaintext.subarray(start), MAX_INFLATED);
  return packed.length < plaintext.length - start ? withContent(COMPRESSED, plaintext.subarray(1, start), packed) : plaintext;
}

/** Whether the content of a plaintext is compressed. */
export function isCompressed(plaintext) {
  return plaintext[0] === COMPRESSED;
}

/** The plaintext with its content as it was; a word for why there is none. */
export async function inflated(plaintext) {
  if (!globalThis.DecompressionStream) return "broken";
  const start = startOfContent(plaintext);
  try {
    const content = await through(new DecompressionStream("deflate-raw"), plaintext.subarray(start), MAX_INFLATED);
    return content ? withContent(0, plaintext.subarray(1, start), content) : "too_large";
  } catch {
    return "malformed";
  }
}

/** Behind flags, three texts, operation, time and two texts; a text is its length in two bytes, then as many. */
function startOfContent(plaintext) {
  const text = (at) => at + 2 + plaintext[at] * 256 + plaintext[at + 1];
  return text(text(text(text(text(1))) + FIXED_BYTES));
}

/** What comes out of a stream; `undefined` where that is more than `limit` bytes. */
async function through(stream, bytes, limit) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks = [];
  let length = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer());
    length += value.length;
    if (length > limit) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
}

function withContent(flags, header, content) {
  const plaintext = new Uint8Array(1 + header.length + content.length);
  plaintext[0] = flags;
  plaintext.set(header, 1);
  plaintext.set(content, 1 + header.length);
  return plaintext;
}
