import { toBase64url } from "./base64url";

/** The last millisecond that a `Date` can hold; beyond it formatting throws. */
export const LATEST_TIME = 8.64e15;

/** An entity of type `bookmark`. */
export interface Bookmark {
  title: string;
  url: string;
  /** The folder; `null` at the top. */
  groupId: string | null;
  /** Milliseconds since 1970; `null` where it is not known. */
  addedAt: number | null;
  /** Position among its siblings, folders and bookmarks together. */
  order: number;
}

/** An entity of type `group`. */
export interface Folder {
  name: string;
  parentId: string | null;
  order: number;
}

/** What a visit remembers of its bookmark. */
export type Opened = Pick<Bookmark, "title" | "url">;

/** An entity of type `history`: the last time a bookmark was opened from the list. */
export interface Visit extends Opened {
  bookmarkId: string;
  openedAt: number;
}

// What is read was written by another device, perhaps by another program: a part that is missing or of the wrong type
// becomes an empty one, so that the rest can still be seen and mended.

export function readBookmark(data: unknown): Bookmark {
  const { title, url, groupId, addedAt, order } = fields(data);
  return { title: text(title), url: text(url), groupId: id(groupId), addedAt: time(addedAt), order: finite(order) ?? 0 };
}

export function readFolder(data: unknown): Folder {
  const { name, parentId, order } = fields(data);
  return { name: text(name), parentId: id(parentId), order: finite(order) ?? 0 };
}

export function readVisit(data: unknown): Visit {
  const { bookmarkId, title, url, openedAt } = fields(data);
  return { bookmarkId: text(bookmarkId), title: text(title), url: text(url), openedAt: time(openedAt) ?? 0 };
}

const fields = (data: unknown) => (typeof data === "object" && data !== null ? data : {}) as Record<string, unknown>;
const text = (value: unknown) => (typeof value === "string" ? value : "");
const id = (value: unknown) => (typeof value === "string" ? value : null);
const finite = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : null);
const time = (value: unknown) => (typeof value === "number" && Math.abs(value) <= LATEST_TIME ? value : null);

/** `bookmark_` or `group_` and 16 random bytes. (`crypto.randomUUID` is missing on pages without TLS.) */
export function newId(kind: "bookmark" | "group"): string {
  return `${kind}_${toBase64url(crypto.getRandomValues(new Uint8Array(16)))}`;
}
