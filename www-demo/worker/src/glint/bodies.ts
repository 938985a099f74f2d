import { HttpError } from "../http";
import { isObject } from "../json";
import { MAX_TITLE, MAX_TODOS_OF_SET } from "./limits";

/** The place of a todo among its siblings. Fractions are allowed: they put one between two others. */
export interface Placed {
  id: string;
  sortOrder: number;
}

/** What a PATCH changes; what is absent stays. */
export interface Patch {
  title?: string;
  completed?: boolean;
  sortOrder?: number;
}

/**
 * A todo's title as it is stored: trimmed.
 * @throws {HttpError} 400
 */
export function readTitle(value: unknown): string {
  return readText(value, MAX_TITLE, "Title is required", "title");
}

/** @throws {HttpError} 400 without text, or where it is longer than `limit` code units */
export function readText(value: unknown, limit: number, missing: string, field: string): string {
  if (value !== undefined && typeof value !== "string") throw new HttpError(400, `\`${field}\` must be a string.`);
  const text = value?.trim();
  if (!text) throw new HttpError(400, missing);
  if (text.length > limit || !text.isWellFormed()) {
    throw new HttpError(400, `\`${field}\` must be well-formed Unicode of at most ${limit} characters.`);
  }
  return text;
}

/** @throws {HttpError} 400, also where nothing is changed */
export function readPatch(body: Record<string, unknown>): Patch {
  const { title, completed, sortOrder } = body;
  const patch: Patch = {};
  if (title !== undefined) patch.title = readTitle(title);
  if (completed !== undefined) {
    if (typeof completed !== "boolean") throw new HttpError(400, "`completed` must be true or false.");
    patch.completed = completed;
  }
  if (sortOrder !== undefined) patch.sortOrder = readSortOrder(sortOrder);
  if (Object.keys(patch).length === 0) throw new HttpError(400, "No updates");
  return patch;
}

/** @throws {HttpError} 400 */
export function readItems(value: unknown): Placed[] {
  if (!Array.isArray(value) || value.length === 0) throw new HttpError(400, "No items");
  if (value.length > MAX_TODOS_OF_SET) throw new HttpError(400, "A set has at most 10,000 todos; send each once.");
  return value.map((item: unknown) => {
    if (!isObject(item)) throw new HttpError(400, "An item must be {id, sortOrder}.");
    return { id: readId(item.id, "id"), sortOrder: readSortOrder(item.sortOrder) };
  });
}

/** @throws {HttpError} 400 */
export function readId(value: unknown, field: string): string {
  if (typeof value !== "string" || value === "") throw new HttpError(400, `\`${field}\` must be an id.`);
  return value;
}

/** @throws {HttpError} 400 */
export function readUserIds(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((id) => typeof id === "string")) throw new HttpError(400, "`userIds` must be a list of ids.");
  return [...new Set(value)];
}

function readSortOrder(value: unknown): number {
  // JSON can hold numbers that are infinite once they are read.
  if (!Number.isFinite(value)) throw new HttpError(400, "`sortOrder` must be a number.");
  return value as number;
}
