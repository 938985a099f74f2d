import type { Sets, TodoSet } from "sealwire/glint";
import { ORIGIN, refusal, request, ServerError } from "../server";
import { toBase64url } from "../base64url";

interface Joined {
  user: { id: string; displayName: string };
  /** Of an account that was made for it. */
  secret?: string;
}

/** 16 random bytes: whoever knows a team's id may join it. */
export const newTeamId = () => toBase64url(crypto.getRandomValues(new Uint8Array(16)));

/** Joins a team, and makes it where there is none; signed in as before, or with a new account. */
export function joinTeam(name: string, team: string): Promise<Joined> {
  return answerOf<Joined>("POST", "/api/auth/demo", { name, team });
}

export async function makeSet(team: string, name: string): Promise<TodoSet> {
  return (await answerOf<{ set: TodoSet }>("POST", setsOf(team), { name })).set;
}

/** The team's first set, which is made where there is none. */
export async function firstSet(team: string): Promise<TodoSet> {
  const { sets } = await answerOf<Sets>("GET", setsOf(team));
  return sets[0] ?? makeSet(team, "Todos");
}

const setsOf = (team: string) => `/api/teams/${encodeURIComponent(team)}/sets`;

async function answerOf<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
  const response = await request(method, ORIGIN + path, body);
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401 || response.status === 429) throw refusal(response);
  const { error } = (await response.json().catch(() => ({}))) as { error?: unknown };
  throw typeof error === "string" ? new ServerError(`The server refused this: ${error}`) : refusal(response);
}
