import { HttpError, readJson } from "../http";
import { readText } from "./bodies";
import type { Call } from "./call";
import { MAX_BODY_BYTES, MAX_SET_NAME, MAX_SETS } from "./limits";
import { wireSet } from "./wire";

/** `GET …/sets`. */
export function listSets({ sets, member, generation }: Call): Response {
  return Response.json({ sets: sets.list().map((row) => wireSet(row, generation)), role: member.role });
}

/** `POST …/sets {name}`. */
export async function createSet({ request, sets, member, generation }: Call): Promise<Response> {
  const name = readText((await readJson(request, MAX_BODY_BYTES)).name, MAX_SET_NAME, "Name is required", "name");
  const all = sets.list();
  if (all.length >= MAX_SETS) throw new HttpError(400, `A team has at most ${MAX_SETS} sets.`);
  if (generation === "latest" && all.some((set) => set.name === name)) {
    throw new HttpError(409, "Todo list name already exists in this team");
  }
  return Response.json({ set: wireSet(sets.add(member.userId, name, Date.now()), generation) }, { status: 201 });
}
