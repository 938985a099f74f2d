import { HttpError, readJson } from "../http";
import { readUserIds } from "./bodies";
import { findTodo, type Call } from "./call";
import { MAX_BODY_BYTES } from "./limits";

/** `POST …/todos/:todo/claim` of the first generation. Claiming what one has claimed releases it. */
export function claimTodo(call: Call): Response {
  const { todos, member, publish } = call;
  const row = findTodo(call);
  if (row.claimed_by !== null && row.claimed_by !== member.userId) throw new HttpError(409, "Already claimed by another user");

  const claims = row.claimed_by === null;
  todos.claim(row.id, claims ? member.userId : null, Date.now());
  const claim = {
    claimedBy: claims ? member.userId : null,
    claimedByName: claims ? member.displayName : null,
    claimedByAvatar: null,
  };
  publish({ type: "todo:claimed", setId: row.set_id, id: row.id, ...claim });
  return Response.json({ ok: true, ...claim });
}

/** `PUT …/todos/:todo/assignees {userIds}` of the latest generation. */
export async function assignTodo(call: Call): Promise<Response> {
  const { request, todos, publish } = call;
  const userIds = readUserIds((await readJson(request, MAX_BODY_BYTES)).userIds);
  const row = findTodo(call);

  todos.assign(row.id, userIds, Date.now());
  const assignees = todos.assigneesOf(row.id);
  publish({ type: "todo:assigned", setId: row.set_id, id: row.id, assignees });
  return Response.json({ ok: true, assignees });
}
