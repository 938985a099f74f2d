// A change of a note or a folder as the app makes it, checked. Every refusal is a `bad_change` that says why; the engine reads the fields.

import { isWellFormed, isWithin } from "../../checks.js";
import { syncError } from "../../errors.js";
import { changeJson } from "../json.js";

const KINDS = ["note", "folder"];
const CHANGES = ["create", "update", "delete"];

/** Reads the arguments of `pushChange`; `json` is empty for a delete. */
export function readNoteChange(entityType, id, operation, data) {
  if (!KINDS.includes(entityType)) throw badNote("entityType is not note or folder");
  if (!CHANGES.includes(operation)) throw badNote(`operation is not one of ${CHANGES.join(", ")}`);
  if (!(isWellFormed(id) && isWithin(1, new TextEncoder().encode(id).length, 256))) throw badNote("the id is not a string of 1 to 256 bytes of UTF-8");
  if (operation === "delete" && (data ?? undefined) !== undefined) throw badNote("a delete takes no data");
  return { id: `${entityType}/${id}`, operation, json: operation === "delete" ? "" : changeJson(data) };
}

function badNote(detail) {
  return syncError("bad_change", { detail });
}
