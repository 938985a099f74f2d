import { HttpError } from "../http";
import type { Folder } from "./folder-store";
import { MAX_FOLDER_NAME, MAX_IV, MAX_SALT, MAX_TAG, MAX_TAGS, MAX_TITLE } from "./limits";
import type { Note, Patch } from "./note-store";

/** What stands in the plain fields of a sealed note. */
export const SEALED = "[ENCRYPTED]";

/**
 * The fields of a note that `body` has; the rest is passed over, as Typelets does.
 * @throws {HttpError} 400 where one of them is something else than such a field holds
 */
export function readFields(body: Record<string, unknown>): Patch {
  const patch: Record<string, unknown> = {};
  for (const [field, rule] of Object.entries(RULES)) {
    if (!Object.hasOwn(body, field)) continue;
    // A form's empty choice.
    const value = field === "folderId" && body[field] === "" ? null : body[field];
    if (!rule.holds(value)) throw new HttpError(400, `\`${field}\` must be ${rule.must}.`);
    patch[field] = value;
  }
  return patch as Patch;
}

/**
 * The fields of a new note. One of plain text may go without those that are sealed, and a sealed one has them all.
 * @throws {HttpError} 400
 */
export function readDraft(body: Record<string, unknown>, plain: boolean): Patch & { title: string } {
  const patch = readPatch(body, plain);
  const missing = (plain ? PLAIN_FIELDS : SEALED_FIELDS).find((field) => patch[field] === undefined);
  if (missing) throw new HttpError(400, `\`${missing}\` is required.`);
  return patch as Patch & { title: string };
}

/**
 * The fields that a PUT changes.
 * @throws {HttpError} 400 at plain text, where the notes are sealed
 */
export function readPatch(body: Record<string, unknown>, plain: boolean): Patch {
  const patch = readFields(body);
  if (!plain && isPlainText(patch.title)) throw new HttpError(400, `Title must be '${SEALED}'`);
  if (!plain && isPlainText(patch.content)) throw new HttpError(400, `Content must be '${SEALED}'`);
  return patch;
}

/** @throws {HttpError} 400 */
export function readFolder(body: Record<string, unknown>): Partial<Folder> {
  const { name, color, parentId } = body;
  const folder: Partial<Folder> = {};
  if (name !== undefined) {
    if (!isText(name) || name === "" || name.length > MAX_FOLDER_NAME) throw new HttpError(400, "`name` must be 1 to 100 characters.");
    folder.name = name;
  }
  if (color !== undefined) {
    if (!isText(color) || !/^#[0-9a-f]{6}$/i.test(color)) throw new HttpError(400, "`color` must be like #6b7280.");
    folder.color = color;
  }
  if (parentId !== undefined) {
    if (parentId !== null && !isText(parentId)) throw new HttpError(400, "`parentId` must be a folder's id, or null.");
    folder.parentId = parentId;
  }
  return folder;
}

interface Rule {
  holds: (value: unknown) => boolean;
  must: string;
}

function text(least: number, most: number): Rule {
  return {
    holds: (value) => isText(value) && value.length >= least && value.length <= most,
    must: `well-formed Unicode of ${least} to ${most === Infinity ? "any number of" : most} characters`,
  };
}

const flag: Rule = { holds: (value) => typeof value === "boolean", must: "true or false" };

const RULES: Record<keyof Note, Rule> = {
  title: text(0, MAX_TITLE),
  content: text(0, Infinity),
  encryptedTitle: text(1, MAX_TITLE),
  encryptedContent: text(1, Infinity),
  iv: text(1, MAX_IV),
  salt: text(1, MAX_SALT),
  starred: flag,
  archived: flag,
  deleted: flag,
  hidden: flag,
  folderId: { holds: (value) => value === null || isText(value), must: "a folder's id, or null" },
  tags: {
    holds: (value) => Array.isArray(value) && value.length <= MAX_TAGS && value.every((tag) => isText(tag) && tag.length <= MAX_TAG),
    must: `at most ${MAX_TAGS} strings of at most ${MAX_TAG} characters`,
  },
};

const SEALED_FIELDS = ["title", "content", "encryptedTitle", "encryptedContent", "iv", "salt"] as const;
const PLAIN_FIELDS = ["title"] as const;

function isPlainText(value: string | undefined): boolean {
  return value !== undefined && value !== SEALED;
}

/** What is not well-formed would be another text once it is stored. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed();
}
