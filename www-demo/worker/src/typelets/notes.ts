import { HttpError, readJson } from "../http";
import { readDraft, readPatch } from "./bodies";
import { findNote, pagination, readPage, type Call } from "./call";
import type { Patch } from "./note-store";
import { wireNote } from "./wire";

/** `GET /notes?page=&limit=`. */
export function listNotes(call: Call): Response {
  const { page, limit } = readPage(call);
  const { notes, userId } = call;
  const rows = notes.page(page, limit).map((row) => wireNote(row, userId));
  return Response.json({ notes: rows, pagination: pagination(page, limit, notes.count()) });
}

/** `GET /notes/:id`. */
export function getNote(call: Call): Response {
  return Response.json(wireNote(findNote(call), call.userId));
}

/** `POST /notes`. The same request again makes a second note: the id is the server's. */
export async function createNote(call: Call): Promise<Response> {
  const { request, notes, userId, faults } = call;
  const draft = readDraft(await readJson(request), faults.plain);
  checkFolder(call, draft);
  if (notes.count() >= faults.fullAt) throw new HttpError(402, `Your plan takes ${faults.fullAt} notes; empty the trash or upgrade.`);
  return Response.json(wireNote(notes.add(draft, Date.now()), userId), { status: 201 });
}

/** `PUT /notes/:id`. Changes what the body names, whatever the row has become since it was read. */
export async function putNote(call: Call): Promise<Response> {
  const { request, notes, userId, faults } = call;
  const patch = readPatch(await readJson(request), faults.plain);
  const { id } = findNote(call);
  checkFolder(call, patch);
  return Response.json(wireNote(notes.change(id, patch, Date.now()), userId));
}

/** `DELETE /notes/:id`. Puts it into the trash. */
export function deleteNote(call: Call): Response {
  const { id } = findNote(call);
  return Response.json(wireNote(call.notes.change(id, { deleted: true }, Date.now()), call.userId));
}

/** `DELETE /notes/empty-trash`. The only way in which a note goes for good. */
export function emptyTrash({ notes, sockets }: Call): Response {
  const removed = notes.emptyTrash();
  sockets.forgetNotes(removed);
  return Response.json({ success: true, deletedCount: removed.length, message: `${removed.length} notes permanently deleted from trash` });
}

/** @throws {HttpError} 400 */
function checkFolder({ folders }: Call, { folderId }: Patch): void {
  if (folderId && !folders.find(folderId)) throw new HttpError(400, "Folder not found");
}
