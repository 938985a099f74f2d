// A change of a note or a folder as the app makes it, checked. Every refusal is a `bad_change` that says why; the engine checks once more what it reads.

import { isWellFormed, isWithin } from "../../checks.js";
import { syncError } from "../../errors.js";
import { changeJson } from "../json.js";

const aText = [(value) => typeof value === "string", "a string"];
const aFlag = [(value) => typeof value === "boolean", "true or false"];
const aLabel = [(value) => value === null || typeof value === "string", "a string or null"];
const aPlace = [(value) => value === null || isRowId(value), "the id of a folder, or null"];

/** What the app may set: of each field what it has to be. */
const NOTE_FIELDS = {
  note: { title: aText, content: aText, folderId: aPlace, starred: aFlag, archived: aFlag, hidden: aFlag, deleted: aFlag },
  folder: {
    name: [(value) => typeof value === "string" && value !== "", "a string that is not empty"],
    color: aLabel,
    icon: aLabel,
    parentId: aPlace,
    sortOrder: [(value) => typeof value === "number", "a number"],
  },
};
const CHANGES = ["create", "update", "delete"];

/** Reads the arguments of `pushChange`; `json` is empty for a delete. */
export function readNoteChange(entityType, id, operation, data) {
  if (!Object.keys(NOTE_FIELDS).includes(entityType)) throw badNote("entityType is not note or folder");
  if (!CHANGES.includes(operation)) throw badNote(`operation is not one of ${CHANGES.join(", ")}`);
  if (!isRowId(id)) throw badNote("the id is not a string of 1 to 256 bytes of UTF-8");
  if (operation === "delete" && (data ?? undefined) !== undefined) throw badNote("a delete takes no data");
  const json = operation === "delete" ? "" : changeJson(data);
  if (json !== "") checkNoteFields(entityType, operation, JSON.parse(json));
  return { id: `${entityType}/${id}`, operation, json };
}

function checkNoteFields(kind, operation, fields) {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) throw badNote("data is not an object");
  const names = Object.keys(fields);
  if (operation === "update" && names.length === 0) throw badNote("there is no field in it");
  if (kind === "folder" && operation === "create" && !names.includes("name")) throw badNote("a new folder needs a `name`");
  for (const name of names) {
    if (!Object.hasOwn(NOTE_FIELDS[kind], name)) throw badNote(`a ${kind} has no field \`${name}\` that can be set`);
    const [holds, must] = NOTE_FIELDS[kind][name];
    if (!holds(fields[name])) throw badNote(`\`${name}\` is not ${must}`);
  }
}

function isRowId(id) {
  return isWellFormed(id) && isWithin(1, new TextEncoder().encode(id).length, 256);
}

function badNote(detail) {
  return syncError("bad_change", { detail });
}
