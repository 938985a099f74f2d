/** What a person is told of an error: what it means for them, and what they can do. Developers have `message`, and docs/errors.md. */

import type { ErrorCode } from "../types.d.ts";

const SENTENCES: [string, string][] = [
  ["dial_failed connection_lost no_pong request_failed no_answer", "The server cannot be reached at the moment. Changes are kept here and sent as soon as it can."],
  ["given_up", "The server could not be reached for a while. Changes are kept here; try again."],
  ["no_live_push", "This server has no live updates; news is looked for from time to time."],
  ["needs_auth token_failed", "Please sign in again. Changes are kept here until then."],
  ["wrong_user", "Another account is signed in. Sign in with the account that these changes belong to."],
  ["key_missing", "The key for this account is not on this device. Bring it here from another device."],
  ["key_mismatch unknown_key", "This password or key is not the one that the account's data is locked with."],
  ["retired_key", "Another device still uses an old key. Give it the new one."],
  ["storage_full queue_full", "There is no more room on this device for new changes. Free some space, or wait until what is here has been sent."],
  ["storage_failed storage_lost corrupt_record", "This browser's storage has failed. What the server has is safe; please reload the page."],
  ["outdated", "A newer version of this app is open in another tab. Please reload this page."],
  ["engine_crashed wasm_failed not_supported", "Syncing has stopped on this page. Nothing that was saved is lost; please reload the page."],
  ["refused blocked_by no_confirmation", "The server does not accept a change. It is kept here until you decide."],
  ["too_large", "A change is too large to be sent. Make it smaller."],
  ["clock_skew too_far_future", "This device's clock is wrong. Please set it."],
  ["held_event", "Another device's clock is ahead; its change will show up later."],
  ["bad_seal forged duplicate_id rewritten", "Something that came cannot be trusted and was left out."],
  ["unknown_format bad_payload", "Something that came was written by a newer version of this app. Please reload the page."],
  ["bad_frame unknown_frame frame_too_large bad_event server_error device_mismatch delete_stripped", "The server sent something unexpected. Syncing goes on."],
  ["bad_option bad_change not_available closed listener_failed key_not_exportable", "This app has made a mistake. Please tell its makers."],
];

export function sentenceOf(code: ErrorCode): string {
  return SENTENCES.find(([codes]) => codes.split(" ").includes(code))?.[1] ?? code;
}
