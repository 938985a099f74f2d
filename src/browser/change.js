// A change as the app makes it, checked. Every refusal is a `bad_change` that says why.

import { isWellFormed } from "./checks.js";
import { syncError } from "./errors.js";

/** Whether this can name an entity. */
export function isEntity(entityType, entityId) {
  return typeof entityType === "string" && !entityType.includes("/") && isWellFormed(entityId);
}

/** Reads the arguments of `pushChange`; `json` is empty for a delete. */
export function readChange(entityType, entityId, operation, data) {
  if (typeof entityType !== "string") throw badChange("entityType is not a string");
  if (!isWellFormed(entityId)) throw badChange("entityId is not a well-formed string");
  if (!["create", "update", "delete"].includes(operation)) throw badChange("operation is not create, update or delete");
  const json = operation === "delete" ? nothing(data) : jsonOf(data);
  if (!isEntity(entityType, entityId)) throw badChange("there is no such entityType");
  return { entityType, entityId, operation, json };
}

function nothing(data) {
  if (data !== undefined && data !== null) throw badChange("a delete takes no data");
  return "";
}

function jsonOf(data) {
  let json;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    throw badChange(error instanceof Error ? error.message : "");
  }
  // There is none for `undefined`, functions and symbols.
  if (json === undefined) throw badChange("data is not JSON");
  return json;
}

function badChange(detail) {
  return syncError("bad_change", { detail });
}
