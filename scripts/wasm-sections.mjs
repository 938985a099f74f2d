// Reads a WebAssembly module's sections, as far as packing and measuring need them.

const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const HEADER_BYTES = 8;
const FUNCTION_NAMES = 1;
const FUNCTION_IMPORT = 0;

/** The module without its custom sections: names and producers, which browsers do not need. */
export function stripCustomSections(wasm) {
  const kept = sections(wasm).filter(({ id }) => id !== CUSTOM);
  return Buffer.concat([wasm.subarray(0, HEADER_BYTES), ...kept.map(({ start, end }) => wasm.subarray(start, end))]);
}

/** The code's functions, the largest first: `{ name, bytes }`. */
export function functionSizes(wasm) {
  const all = sections(wasm);
  const names = functionNames(wasm, all);
  const imported = importedFunctions(wasm, all);
  const reader = new Reader(wasm, all.find(({ id }) => id === CODE).content);
  const sizes = reader.list((index) => {
    const bytes = reader.number();
    reader.skip(bytes);
    return { name: names.get(imported + index) ?? `function ${imported + index}`, bytes };
  });
  return sizes.sort((a, b) => b.bytes - a.bytes);
}

function sections(wasm) {
  const found = [];
  const reader = new Reader(wasm, HEADER_BYTES);
  while (reader.at < wasm.length) {
    const start = reader.at;
    const id = reader.number();
    const size = reader.number();
    const content = reader.at;
    reader.skip(size);
    found.push({ id, start, content, end: reader.at });
  }
  return found;
}

function functionNames(wasm, all) {
  for (const { id, content, end } of all) {
    const reader = new Reader(wasm, content);
    if (id !== CUSTOM || reader.text() !== "name") continue;
    while (reader.at < end) {
      const kind = reader.number();
      const size = reader.number();
      if (kind === FUNCTION_NAMES) return new Map(reader.list(() => [reader.number(), reader.text()]));
      reader.skip(size);
    }
  }
  return new Map();
}

// Functions are numbered from the imported ones on. wasm-bindgen's modules import functions only.
function importedFunctions(wasm, all) {
  const section = all.find(({ id }) => id === IMPORT);
  if (!section) return 0;
  const reader = new Reader(wasm, section.content);
  const imports = reader.list(() => {
    const name = `${reader.text()}.${reader.text()}`;
    if (reader.number() !== FUNCTION_IMPORT) throw new Error(`the wasm imports ${name}, which is no function: teach scripts/wasm-sections.mjs to read it`);
    reader.number();
  });
  return imports.length;
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** An unsigned LEB128 of up to 32 bits. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text() {
    const length = this.number();
    this.skip(length);
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  list(read) {
    const length = this.number();
    return Array.from({ length }, (_, index) => read(index));
  }

  skip(bytes) {
    this.at += bytes;
  }
}
