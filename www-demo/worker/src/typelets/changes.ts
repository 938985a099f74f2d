import { readFields, SEALED } from "./bodies";
import type { Patch } from "./note-store";

/**
 * What a `note_update` may change: not `iv` and `salt`, so that ciphertext sent here can end beside another device's `iv`; and no plain
 * text. Everything else is dropped without a word.
 * @throws {HttpError} where a field that is kept is something else than such a field holds
 */
export function readChanges(changes: Record<string, unknown>, plain: boolean): Patch {
  const kept = Object.entries(changes).filter(([field, value]) => {
    if (field === "title" || field === "content") return plain || typeof value !== "string" || value === SEALED;
    return FIELDS.has(field);
  });
  return readFields(Object.fromEntries(kept));
}

const FIELDS = new Set(["encryptedTitle", "encryptedContent", "starred", "archived", "deleted", "hidden", "folderId"]);
