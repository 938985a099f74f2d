// A change as the app makes it, checked. Every refusal is a `bad_change` that says why.

import { isWellFormed } from "./checks.js";
import { syncError } from "./errors.js";

/** The storage key of an entity, `type/id`; `undefined` where these can name none. */
export function entityKey(entityType, entityId) {
  const isKey = typeof entityType === "string" && !entityType.includes("/") && isWellFormed(entityId);
  return isKey ? `${entityType}/${entityId}` : undefined;
}

/** Reads the arguments of `pushChange`; `json` is empty for a delete. */
export function readChange(entityType, entityId, operation, data) {
  if (typeof entityType !== "string") throw badChange("entityType is not a string");
  if (!isWellFormed(entityId)) throw badChange("entityId is not a well-formed string");
  if (!["create", "update", "delete"].includes(operation)) throw badChange("operation is not create, update or delete");
  const json = operation === "delete" ? nothing(data) : jsonOf(data);
  const key = entityKey(entityType, entityId);
  if (key === undefined) throw badChange("there is no such entityType");
  return { key, operation, json };
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
