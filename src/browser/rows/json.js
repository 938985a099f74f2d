// What the app gives, as JSON.

import { syncError } from "../errors.js";

/** Throws `bad_change` where there is none. */
export function changeJson(data) {
  let json;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    throw syncError("bad_change", { detail: error instanceof Error ? error.message : "" });
  }
  // There is none for `undefined`, functions and symbols.
  if (json === undefined) throw syncError("bad_change", { detail: "data is not JSON" });
  return json;
}
