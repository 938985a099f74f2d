// What the app asks for, checked. Every refusal is a `bad_option` that names the option.

import { isWellFormed, isWithin } from "../../checks.js";
import { addRowErrors, badOption, syncError } from "../../errors.js";

const NOTE_CALLBACKS = ["onNoteSync", "onNoteCreatedSync", "onNoteDeletedSync", "onError", "onAuthenticated"];
const LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** Reads the argument of `open`. */
export function readNotesOptions(options) {
  if (options?.dialect !== "typelets") throw badOption("dialect", "must come from typelets({ … })");
  addRowErrors();
  const { userId, getToken, content = "sealed", masterPassword, deviceSecret, maxAttempts = 10, keepJoins = false, sign = false, maxQueue = 100_000 } = options;
  const socket = addressOf("url", options.url ?? defaultUrl(), ["ws:", "wss:"]);
  socket.hash = "";
  const rest = options.api === undefined ? new URL("/api", socket.origin.replace("ws", "http")) : addressOf("api", options.api, ["http:", "https:"]);
  if (rest.search !== "" || rest.hash !== "") throw badOption("api", "must be an address that routes can follow");
  const api = rest.href.replace(/\/$/, "");
  if (!isWellFormed(userId) || !isWithin(1, new TextEncoder().encode(userId).length, 256)) throw badOption("userId", "must be a string of 1 to 256 bytes of UTF-8");
  if (typeof getToken !== "function") throw badOption("getToken", "must be a function that gives a token, or promises one");
  if (content !== "sealed" && content !== "plain") throw badOption("content", 'must be "sealed" or "plain"');
  if (!isWithin(1, maxAttempts, 1_000_000)) throw badOption("maxAttempts", "must be a whole number from 1 to 1,000,000");
  if (!isWithin(1, maxQueue, 1_000_000)) throw badOption("maxQueue", "must be a whole number from 1 to 1,000,000");
  for (const [name, value] of Object.entries({ keepJoins, sign })) if (typeof value !== "boolean") throw badOption(name, "must be true or false");
  for (const name of NOTE_CALLBACKS) if (!["undefined", "function"].includes(typeof options[name])) throw badOption(name, "must be a function");
  for (const [name, value] of Object.entries({ masterPassword, deviceSecret })) {
    if (value !== undefined && (!isWellFormed(value) || value === "")) throw badOption(name, "must be a string that is not empty");
  }
  if (masterPassword !== undefined && deviceSecret !== undefined) throw badOption("deviceSecret", "goes without a `masterPassword`");
  const isSealed = content === "sealed";
  if (isSealed && masterPassword === undefined && deviceSecret === undefined) throw syncError("key_missing");
  if ((isSealed || sign) && !crypto.subtle) throw syncError("not_supported");
  return {
    url: socket.href,
    api,
    userId,
    getToken,
    isSealed,
    masterPassword: isSealed ? masterPassword : undefined,
    deviceSecret: isSealed ? deviceSecret : undefined,
    maxAttempts,
    keepJoins,
    sign,
    maxQueue,
    database: `sealwire/typelets/${new URL(api).origin}/${encodeURIComponent(userId)}`,
  };
}

/** That of the service's own client: a server on this machine where the page is of it, else the page's host. */
function defaultUrl() {
  const { protocol, host, hostname } = globalThis.location ?? {};
  if (hostname === undefined || LOCAL_HOSTS.includes(hostname)) return "ws://localhost:3000";
  return `${protocol === "https:" ? "wss" : "ws"}://${host}`;
}

function addressOf(option, text, protocols) {
  try {
    const url = new URL(text);
    if (typeof text === "string" && protocols.includes(url.protocol) && url.username === "" && url.password === "") return url;
  } catch {
    // It is no address at all.
  }
  throw badOption(option, `must be an address with ${protocols.join(" or ")}`);
}
