// A change of a todo as the app makes it, checked. Every refusal is a `bad_change` that says why; the engine reads the fields.

import { isWellFormed, isWithin } from "../../checks.js";
import { syncError } from "../../errors.js";
import { changeJson } from "../json.js";

const OPERATIONS = ["create", "update", "delete", "reorder", "claim", "assign", "move"];

/** Reads the arguments of `pushChange`; `json` is empty for a delete. */
export function readTodoChange(entityType, id, operation, data) {
  if (entityType !== "todo") throw badTodo("entityType is not todo");
  if (!OPERATIONS.includes(operation)) throw badTodo(`operation is not one of ${OPERATIONS.join(", ")}`);
  const isNamed = operation !== "reorder";
  if (isNamed && !(isWellFormed(id) && isWithin(1, new TextEncoder().encode(id).length, 256))) {
    throw badTodo("the id is not a string of 1 to 256 bytes of UTF-8");
  }
  if (operation === "delete" && (data ?? undefined) !== undefined) throw badTodo("a delete takes no data");
  return { id: isNamed ? id : "", operation, json: operation === "delete" ? "" : changeJson(data) };
}

function badTodo(detail) {
  return syncError("bad_change", { detail });
}
