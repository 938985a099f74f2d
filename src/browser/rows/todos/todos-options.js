// What the app asks for, checked. Every refusal is a `bad_option` that names the option.

import { isWellFormed, isWithin } from "../../checks.js";
import { badOption } from "../../errors.js";

/** Reads the argument of `open`. */
export function readSetOptions(options) {
  if (options?.dialect !== "glint") throw badOption("dialect", "must come from glint({ … })");
  const { origin, teamId, setId, me, maxQueue = 100_000 } = options;
  const server = serverOf(origin);
  needName("teamId", teamId);
  needName("setId", setId);
  needName("me", me?.id, "must have an `id` that is");
  for (const name of ["name", "username", "avatarUrl"]) {
    const value = me[name] ?? undefined;
    if (value !== undefined && !isWellFormed(value)) throw badOption("me", `has a \`${name}\` that is no well-formed string`);
  }
  if (!isWithin(1, maxQueue, 1_000_000)) throw badOption("maxQueue", "must be a whole number from 1 to 1,000,000");
  const place = [me.id, teamId, setId].map(encodeURIComponent).join("/");
  return { ...me, origin: server, teamId, setId, maxQueue, database: `sealwire/glint/${server}/${place}` };
}

/** The server's address, without `/` at its end. */
function serverOf(text) {
  try {
    const url = new URL(text);
    const isBare = url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
    if (typeof text === "string" && isBare && ["http:", "https:"].includes(url.protocol)) return url.origin;
  } catch {
    // It is no address at all.
  }
  throw badOption("origin", "must be an address with http: or https:, and without a path");
}

function needName(option, value, must = "must be") {
  if (isWellFormed(value) && isWithin(1, new TextEncoder().encode(value).length, 256)) return;
  throw badOption(option, `${must} a string of 1 to 256 bytes of UTF-8`);
}
