import { HttpError, readJson } from "../http";
import { readFolder } from "./bodies";
import { findFolder, pagination, readPage, type Call } from "./call";
import { MAX_FOLDERS } from "./limits";
import { wireFolder } from "./wire";

const DEFAULT_COLOR = "#6b7280";

/** `GET /folders?page=&limit=`. */
export function listFolders(call: Call): Response {
  const { page, limit } = readPage(call);
  const { folders, userId } = call;
  const rows = folders.page(page, limit).map((row) => wireFolder(row, userId));
  return Response.json({ folders: rows, pagination: pagination(page, limit, folders.count()) });
}

/** `GET /folders/:id`. */
export function getFolder(call: Call): Response {
  return Response.json(wireFolder(findFolder(call), call.userId));
}

/** `POST /folders {name, color?, parentId?}`. */
export async function createFolder(call: Call): Promise<Response> {
  const { request, folders, userId } = call;
  const { name, color = DEFAULT_COLOR, parentId = null } = readFolder(await readJson(request));
  if (name === undefined) throw new HttpError(400, "Folder name is required");
  checkParent(call, parentId);
  if (folders.count() >= MAX_FOLDERS) throw new HttpError(400, `A user has at most ${MAX_FOLDERS} folders.`);
  return Response.json(wireFolder(folders.add({ name, color, parentId }, Date.now()), userId), { status: 201 });
}

/** `PUT /folders/:id {name?, color?, parentId?}`. */
export async function putFolder(call: Call): Promise<Response> {
  const { request, folders, userId } = call;
  const patch = readFolder(await readJson(request));
  const folder = findFolder(call);
  checkParent(call, patch.parentId);
  if (patch.parentId && folders.isWithin(patch.parentId, folder.id)) throw new HttpError(400, "A folder cannot lie within itself");
  return Response.json(wireFolder(folders.change(folder, patch, Date.now()), userId));
}

/** `DELETE /folders/:id`. For good, and only where nothing is in it. */
export function deleteFolder(call: Call): Response {
  const { id } = findFolder(call);
  const held = call.folders.holds(id);
  if (held === "notes") throw new HttpError(400, "Cannot delete folder with notes. Move or delete notes first.");
  if (held === "folders") throw new HttpError(400, "Cannot delete folder with subfolders. Delete subfolders first.");
  call.folders.remove(id);
  return Response.json({ message: "Folder deleted successfully" });
}

/** @throws {HttpError} 400 */
function checkParent({ folders }: Call, parentId: string | null | undefined): void {
  if (parentId && !folders.find(parentId)) throw new HttpError(400, "Parent folder not found");
}
