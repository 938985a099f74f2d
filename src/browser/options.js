// What the app asks for, checked. Every refusal is a `bad_option` that names the option.

import { isWellFormed, isWithin } from "./checks.js";
import { readKeys } from "./crypto/key.js";
import { giveSubtle } from "./crypto/subtle.js";
import { MAX_INFLATED } from "./crypto/packing.js";
import { markOf } from "./database/mark.js";
import { badOption, syncError } from "./errors.js";

const BITMARKS_URL = "wss://app.bitmarks.sh/api/v1/sync/realtime";
const MAX_DEBOUNCE = 3_600_000;
/** Where BitMarks' own clients keep the device's id. */
const BITMARKS_DEVICE_ID = "bitmarks_device_id";

/** Reads the argument of `open`. */
export function readOptions(options) {
  switch (options?.dialect) {
    case "bitmarks":
      return bitmarks("sealwire-v1", options);
    case "glint":
    case "typelets":
      throw syncError("not_available");
    default:
      throw badOption("dialect", "must come from bitmarks({ … })");
  }
}

/** Reads the arguments of the positional constructor. */
export function readPositional(userId, deviceId, key, options) {
  const { url = BITMARKS_URL } = options ?? {};
  return bitmarks("bitmarks-plain", { ...options, url, userId, deviceId, key });
}

function bitmarks(defaultFormat, options) {
  const { url, api, userId, deviceId, format = defaultFormat, maxQueue = 100_000, debounce = 0, confirm = "auto", accept = [], compress, software } = options;
  const socket = address("url", url, ["ws:", "wss:"]);
  socket.hash = "";
  const base = api === undefined ? baseOf(socket) : withoutSlash(address("api", api, ["http:", "https:"]).href);
  if (!isWellFormed(userId) || !isWithin(1, new TextEncoder().encode(userId).length, 256)) {
    throw badOption("userId", "must be a string of 1 to 256 bytes of UTF-8");
  }
  if (deviceId !== undefined && !isDeviceId(deviceId)) throw badOption("deviceId", "must be 1 to 64 printable ASCII characters");
  if (!isFormat(format)) throw badOption("format", 'must be "sealwire-v1" or "bitmarks-plain"');
  if (!isWithin(1, maxQueue, 1_000_000)) throw badOption("maxQueue", "must be a whole number from 1 to 1,000,000");
  if (!isWithin(0, debounce, MAX_DEBOUNCE)) throw badOption("debounce", "must be a whole number of milliseconds from 0 to 3,600,000");
  if (confirm !== "auto" && confirm !== "pong") throw badOption("confirm", 'must be "auto" or "pong"');
  if (!Array.isArray(accept) || !accept.every(isFormat)) throw badOption("accept", "must be an array of formats");
  const above = compress === undefined ? Infinity : compress?.above;
  if (above !== Infinity && !isWithin(0, above, MAX_INFLATED)) throw badOption("compress", "must have `above`, a whole number of bytes from 0 to 8,388,608");
  if (above !== Infinity && format !== "sealwire-v1") throw badOption("compress", "is for sealwire-v1 alone");
  if (software) giveSubtle(software);
  const database = `sealwire/bitmarks/${socket.origin}/${encodeURIComponent(userId)}`;
  const acceptsOther = accept.some((name) => name !== format);
  // WebCrypto lacks the cipher of bitmarks-plain.
  const needsBytes = acceptsOther || format === "bitmarks-plain";
  return {
    url: socket.href,
    api: base,
    userId,
    deviceId,
    adopted: markOf(database) || adoptedDeviceId(),
    format,
    maxQueue,
    debounce,
    confirm,
    keys: readKeys(options, format, needsBytes),
    needsBytes,
    acceptsOther,
    compressAbove: above,
    database,
  };
}

function address(option, text, protocols) {
  try {
    const url = new URL(text);
    if (typeof text === "string" && protocols.includes(url.protocol)) return url;
  } catch {
    // It is no address at all.
  }
  throw badOption(option, `must be an address with ${protocols.join(" or ")}`);
}

function isFormat(name) {
  return name === "sealwire-v1" || name === "bitmarks-plain";
}

/** The HTTP base that belongs to a socket's address. */
function baseOf(socket) {
  const [address] = socket.href.split("?");
  return withoutSlash(address.replace(/^ws/, "http").replace(/\/sync\/realtime$/, ""));
}

function withoutSlash(address) {
  return address.replace(/\/+$/, "");
}

function isDeviceId(id) {
  return typeof id === "string" && /^[!-~]{1,64}$/.test(id);
}

/** The id under which BitMarks' own client knows this device. */
function adoptedDeviceId() {
  try {
    const id = localStorage.getItem(BITMARKS_DEVICE_ID);
    return isDeviceId(id) ? id : undefined;
  } catch {
    return undefined; // A worker has no localStorage, and some pages may not touch theirs.
  }
}
