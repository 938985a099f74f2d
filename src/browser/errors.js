// Errors as the app sees them.

/** Fault and message of each code. The list is that of `ErrorCode` in src/engine/error.rs, in its order: Rust names an error by its place. */
const ERRORS = {
  bad_option: ["app", "An option cannot be used; `option` names it."],
  bad_change: ["app", "The change cannot be sent: check entity type, id, operation, and that the data is JSON."],
  too_large: ["app", "The change is larger than 1,048,576 bytes; split it, or store large parts elsewhere."],
  queue_full: ["app", "`maxQueue` changes wait for the server; the change was not stored."],
  not_available: ["app", "This does nothing yet."],
  closed: ["app", "The manager was closed; open a new one."],
  not_supported: ["browser", "The browser lacks something, as WebCrypto on a page without https."],
  wasm_failed: ["browser", "The engine could not be started; the page's policy must allow 'wasm-unsafe-eval'."],
  storage_full: ["user", "There is no space left for this site; the change was not stored."],
  storage_failed: ["browser", "The browser's database refused to work; the change was not stored."],
  storage_lost: ["browser", "What was stored here is gone; the server's comes again, what was not sent does not."],
  corrupt_record: ["browser", "A stored record could not be read; it was set aside."],
  outdated: ["app", "A newer version of this app has the database; reload the page."],
  listener_failed: ["app", "A listener of the app threw; the others were called."],
  engine_crashed: ["library", "The engine stopped; open a new manager, nothing stored is lost. Please report it."],
  dial_failed: ["network", "The server could not be reached; another attempt follows."],
  connection_lost: ["network", "The connection was lost; another attempt follows."],
  no_pong: ["network", "The server answered no ping in time; another attempt follows."],
  request_failed: ["network", "A request to the server failed; it is repeated."],
  needs_auth: ["user", "The server knows no session; sign in, then call `reconnect()`."],
  wrong_user: ["app", "The server's session is another account's; nothing was sent. Sign in as the right one, then call `reconnect()`."],
  bad_frame: ["server", "The server sent no message of its protocol; it was ignored."],
  unknown_frame: ["server", "The server sent a message of unknown type; it was ignored."],
  frame_too_large: ["server", "The server sent a frame above 1,048,576 bytes; it was not read."],
  bad_event: ["server", "The server sent an event whose fields break the protocol's limits; it was ignored."],
  server_error: ["server", "The server reported an error; see `detail`."],
  refused: ["server", "The server refused the change for good; it is kept until the app decides."],
  device_mismatch: ["server", "The server greeted another device id; it was not adopted."],
  clock_skew: ["user", "This device's clock differs from the server's, which is used."],
  too_far_future: ["user", "A change is stamped too far ahead; it is tried again."],
  held_event: ["peer", "An event is stamped more than 5 minutes ahead; it is kept, and applied when its time has come."],
  no_confirmation: ["server", "The server confirms nothing; changes are sent, and kept."],
  duplicate_id: ["peer", "Two different events came under one id; the first was kept."],
  bad_seal: ["peer", "An event could not be opened; it was not applied."],
  forged: ["server", "An event's sealed header names another user or entity than its envelope; it was not applied."],
  rewritten: ["server", "The server changed an event's envelope; the sealed fields were used."],
  unknown_key: ["user", "An event is sealed under another key; it was not applied."],
  unknown_format: ["peer", "An event is sealed in an unknown form; it was not applied."],
  bad_payload: ["peer", "An event's content is not JSON; it was not shown."],
  key_not_exportable: ["app", "The key cannot be put into a link: give its 32 bytes, recovery code, or password and salt."],
  key_mismatch: ["user", "The key is not the one that the account's data is sealed under."],
  key_missing: ["user", "No key was given, and none is kept on this device."],
  retired_key: ["peer", "A device seals under a key that was rotated out; its event was merged."],
  delete_stripped: ["server", "The server drops the sealed body of deletes; they travel as updates."],
};
/** Those that only servers with rows can make, behind the others in the list. */
const ROW_ERRORS = {
  no_live_push: ["server", "The server has no live push; it is asked for news every 15 s while the page is seen."],
  blocked_by: ["server", "The change depends on one that the server refused; retry or discard that one."],
  token_failed: ["app", "`getToken` gave no token, or took too long; it is asked again."],
  no_answer: ["server", "The server did not answer in time; `detail` names what. It is asked again."],
  given_up: ["network", "Too many attempts have failed; the next is made when the browser is online or the page is seen again, or by `reconnect()`."],
};
let codes = Object.keys(ERRORS);

/** Adds the errors of servers with rows. */
export function addRowErrors() {
  Object.assign(ERRORS, ROW_ERRORS);
  codes = Object.keys(ERRORS);
}

/** A `SyncError`: what is thrown, and what promises reject with. `about` may have `option` and `detail`. */
export function syncError(code, about) {
  const [fault, message] = ERRORS[code];
  return Object.assign(new Error(message), { name: "SyncError", code, fault, ...about });
}

/** The argument of `on("error")`. `about` may have `detail`, `entityType` and `entityId`. */
export function report(code, about) {
  const [fault, message] = ERRORS[code];
  return Object.freeze({ code, fault, message, ...about });
}

/** The refusal of an option. */
export function badOption(option, must) {
  return syncError("bad_option", { option, detail: `\`${option}\` ${must}` });
}

/** The code at a place of the list; `undefined` where there is none. */
export function codeAt(place) {
  return codes[place];
}
