import { HttpError } from "../http";
import type { Faults } from "./faults";
import type { FolderRow, FolderStore } from "./folder-store";
import { DEFAULT_PAGE, MAX_PAGE } from "./limits";
import type { NoteRow, NoteStore } from "./note-store";
import type { SocketStore } from "./socket-store";

/** A user's request over REST, and what it is answered from. */
export interface Call {
  request: Request;
  userId: string;
  /** What stands in the path where the route has `:id`. */
  id: string;
  notes: NoteStore;
  folders: FolderStore;
  sockets: SocketStore;
  faults: Faults;
}

/** @throws {HttpError} 404 */
export function findNote({ notes, id }: Call): NoteRow {
  const note = notes.find(id);
  if (!note) throw new HttpError(404, "Note not found");
  return note;
}

/** @throws {HttpError} 404 */
export function findFolder({ folders, id }: Call): FolderRow {
  const folder = folders.find(id);
  if (!folder) throw new HttpError(404, "Folder not found");
  return folder;
}

/**
 * What a list's query asks for.
 * @throws {HttpError} 400
 */
export function readPage({ request }: Call): { page: number; limit: number } {
  const query = new URL(request.url).searchParams;
  const page = Number(query.get("page") ?? 1);
  const limit = Number(query.get("limit") ?? DEFAULT_PAGE);
  if (!Number.isSafeInteger(page) || page < 1) throw new HttpError(400, "`page` must be a whole number of 1 or more.");
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) throw new HttpError(400, `\`limit\` must be a whole number from 1 to ${MAX_PAGE}.`);
  return { page, limit };
}

export function pagination(page: number, limit: number, total: number) {
  return { page, limit, total, pages: Math.ceil(total / limit) };
}
