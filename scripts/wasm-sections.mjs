// Reads a WebAssembly module's sections, as far as packing and measuring need them, and names its functions anew.

const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const DATA = 11;
const HEADER_BYTES = 8;
const FUNCTION_NAMES = 1;
const FUNCTION_IMPORT = 0;
const ACTIVE_IN_MEMORY_0 = 0;
const CRATE_HASH = /\[[0-9a-f]{16}\]|::h[0-9a-f]{16}/g;

/** The module without its custom sections: names and producers, which browsers do not need. */
export function stripCustomSections(wasm) {
  return withoutSections(wasm, ({ id }) => id === CUSTOM);
}

/** The code's functions in their order: `{ name, start, end }`, where their bodies are. Names are without the compiler's hashes. */
export function functions(wasm) {
  const all = sections(wasm);
  const names = functionNames(wasm, all);
  const imported = importedFunctions(wasm, all);
  const reader = new Reader(wasm, all.find(({ id }) => id === CODE).content);
  return reader.list((index) => {
    const bytes = reader.number();
    const start = reader.at;
    reader.skip(bytes);
    const name = names.get(imported + index) ?? `function ${imported + index}`;
    return { name: withoutHashes(name), start, end: reader.at };
  });
}

/** A function's name without the compiler's hashes. */
export function withoutHashes(name) {
  return name.replace(CRATE_HASH, "");
}

/** What the memory starts with: `{ address, start, end }`, the address in the memory and the place in the module. */
export function dataSegments(wasm) {
  const reader = new Reader(wasm, sections(wasm).find(({ id }) => id === DATA).content);
  return reader.list(() => {
    if (reader.number() !== ACTIVE_IN_MEMORY_0) throw new Error("the wasm has a data segment that is not placed at its start: teach scripts/wasm-sections.mjs to read it");
    const address = reader.constant();
    const bytes = reader.number();
    const start = reader.at;
    reader.skip(bytes);
    return { address, start, end: reader.at };
  });
}

/** The module with these names for the code's functions, in their order, and no other names. */
export function nameFunctions(wasm, names) {
  const all = sections(wasm);
  const imported = importedFunctions(wasm, all);
  const map = [leb(names.length), ...names.flatMap((name, index) => [leb(imported + index), text(name)])];
  const content = Buffer.concat([text("name"), Buffer.of(FUNCTION_NAMES), sized(map)]);
  return Buffer.concat([withoutSections(wasm, (section) => isNames(wasm, section)), Buffer.of(CUSTOM), sized([content])]);
}

/** The module with the names of functions alone: wasm-opt splits data, names the parts, and stops where it has given one name twice. */
export function keepFunctionNames(wasm) {
  const section = sections(wasm).find((section) => isNames(wasm, section));
  const reader = new Reader(wasm, section.content);
  reader.text();
  while (reader.at < section.end) {
    const start = reader.at;
    const kind = reader.number();
    reader.skip(reader.number());
    if (kind !== FUNCTION_NAMES) continue;
    const names = sized([text("name"), wasm.subarray(start, reader.at)]);
    return Buffer.concat([withoutSections(wasm, (section) => isNames(wasm, section)), Buffer.of(CUSTOM), names]);
  }
  throw new Error("the wasm has no names of functions");
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

function withoutSections(wasm, unwanted) {
  const kept = sections(wasm).filter((section) => !unwanted(section));
  return Buffer.concat([wasm.subarray(0, HEADER_BYTES), ...kept.map(({ start, end }) => wasm.subarray(start, end))]);
}

function isNames(wasm, { id, content }) {
  return id === CUSTOM && new Reader(wasm, content).text() === "name";
}

function functionNames(wasm, all) {
  const section = all.find((section) => isNames(wasm, section));
  if (!section) return new Map();
  const reader = new Reader(wasm, section.content);
  reader.text();
  while (reader.at < section.end) {
    const kind = reader.number();
    const size = reader.number();
    if (kind === FUNCTION_NAMES) return new Map(reader.list(() => [reader.number(), reader.text()]));
    reader.skip(size);
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

  /** The value of an expression that is one `i32.const` and `end`. Addresses are small enough to be read as unsigned. */
  constant() {
    this.skip(1);
    const value = this.number();
    this.skip(1);
    return value;
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

function leb(number) {
  const bytes = [];
  for (; number > 0x7f; number >>>= 7) bytes.push((number & 0x7f) | 0x80);
  return Buffer.of(...bytes, number);
}

function sized(parts) {
  const content = Buffer.concat(parts);
  return Buffer.concat([leb(content.length), content]);
}

function text(value) {
  return sized([Buffer.from(value)]);
}
