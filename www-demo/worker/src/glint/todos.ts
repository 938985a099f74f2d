import { HttpError, readJson } from "../http";
import { readId, readItems, readPatch, readTitle } from "./bodies";
import { checkSet, checkTitle, findTodo, type Call } from "./call";
import { MAX_BODY_BYTES } from "./limits";
import { permissionsOf } from "./permissions";
import { wireTodo } from "./wire";

/** `GET …/sets/:set/todos`. */
export function listTodos(call: Call): Response {
  const { set, todos, member, generation } = call;
  checkSet(call, set);
  const assignees = todos.assigneesIn(set);
  return Response.json({
    todos: todos.list(set).map((row) => wireTodo(row, assignees.get(row.id) ?? [], generation)),
    role: member.role,
    permissions: permissionsOf(member.role, generation),
  });
}

/** `POST …/sets/:set/todos {title, parentId?}`. The same request again makes a second todo. */
export async function createTodo(call: Call): Promise<Response> {
  const { request, set, todos, member, generation, publish } = call;
  const body = await readJson(request, MAX_BODY_BYTES);
  const title = readTitle(body.title);
  const parentId = body.parentId == null ? null : readId(body.parentId, "parentId");
  checkSet(call, set);
  if (parentId !== null && todos.find(parentId)?.set_id !== set) throw new HttpError(404, "Parent todo not found");
  checkTitle(call, set, parentId, title);
  checkRoom(call, set, 1);

  const todo = wireTodo(todos.add({ setId: set, userId: member.userId, parentId, title }, Date.now()), [], generation);
  publish({ type: "todo:created", setId: set, todo });
  return Response.json({ todo }, { status: 201 });
}

/** `PATCH …/todos/:todo {title?, completed?, sortOrder?}`. */
export async function patchTodo(call: Call): Promise<Response> {
  const { request, todos, publish } = call;
  const body = await readJson(request, MAX_BODY_BYTES);
  const row = findTodo(call);
  const patch = readPatch(body);
  if (patch.title !== undefined) checkTitle(call, row.set_id, row.parent_id, patch.title, row.id);

  todos.change(row.id, patch, Date.now());
  // Glint sends on what it was sent: the title untrimmed, keys that mean nothing, and no `updatedAt`. But not another id.
  publish({ type: "todo:updated", setId: row.set_id, todo: { ...body, id: row.id } });
  return Response.json({ ok: true });
}

/** `DELETE …/todos/:todo`. What is below it goes too, without an event of its own. */
export function deleteTodo(call: Call): Response {
  const row = findTodo(call);
  call.todos.remove(row.id);
  call.publish({ type: "todo:deleted", setId: row.set_id, id: row.id });
  return Response.json({ ok: true });
}

/** `POST …/todos/reorder {setId, items}`. */
export async function reorderTodos(call: Call): Promise<Response> {
  const { request, todos, publish } = call;
  const body = await readJson(request);
  const setId = readId(body.setId, "setId");
  const items = readItems(body.items);
  checkSet(call, setId);

  todos.reorder(setId, items, Date.now());
  publish({ type: "todo:reordered", setId, items });
  return Response.json({ ok: true });
}

/** `POST …/todos/:todo/move {targetSetId, insertAt?}`. Makes it a root of the target set; what is below it comes along. */
export async function moveTodo(call: Call): Promise<Response> {
  const { request, todos, publish } = call;
  const { targetSetId, insertAt = "bottom" } = await readJson(request, MAX_BODY_BYTES);
  const toSetId = readId(targetSetId, "targetSetId");
  if (insertAt !== "top" && insertAt !== "bottom") throw new HttpError(400, "`insertAt` must be top or bottom.");
  const row = findTodo(call);
  checkSet(call, toSetId, "Target set not found");
  checkTitle(call, toSetId, null, row.title, row.id);
  const fromSetId = row.set_id;
  if (fromSetId !== toSetId) checkRoom(call, toSetId, todos.weight(row.id));

  todos.move(row.id, toSetId, insertAt, Date.now());
  for (const setId of new Set([fromSetId, toSetId])) publish({ type: "todo:moved", setId, id: row.id, fromSetId, toSetId });
  return Response.json({ ok: true });
}

/** @throws {HttpError} 400 */
function checkRoom({ todos, fullAt }: Call, setId: string, more: number): void {
  if (todos.count(setId) + more > fullAt) throw new HttpError(400, `A set has at most ${fullAt.toLocaleString("en-US")} todos.`);
}
