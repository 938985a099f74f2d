// A log for who looks for a fault, by area. `localStorage.debug` asks for it as it does of other libraries: "sealwire:*", "sealwire:socket,app:*", "*"; the
// areas answer to "websocket:…" as well.
//
// What is logged are types, ids, codes, sizes, and addresses without their query: nothing that is sealed, no key, no token.

const PREFIXES = ["sealwire:", "websocket:"];

/** By area, whether it is asked for. Read once for a page. */
const areas = {};

/** Logs what `describe` gives, which is called only where the area is asked for. */
export function log(area, describe) {
  areas[area] ??= isAskedFor(area);
  if (areas[area]) console.debug(PREFIXES[0] + area, ...describe());
}

function isAskedFor(area) {
  const matches = (pattern) => {
    const [start, rest] = pattern.split("*");
    return PREFIXES.some((prefix) => (rest === undefined ? prefix + area === start : (prefix + area).startsWith(start)));
  };
  try {
    return localStorage.debug.split(/[\s,]+/).some(matches);
  } catch {
    return false; // A worker has no localStorage, and most pages no such wish.
  }
}

/** What is logged of an address. */
export function withoutQuery(url) {
  return url.split(/[?#]/)[0];
}

/** What is logged of a frame. */
export function sketch(data) {
  return [/"type":"([\w:.-]{1,40})"/.exec(String(data).slice(0, 200))?.[1] ?? "untyped", data.length];
}
