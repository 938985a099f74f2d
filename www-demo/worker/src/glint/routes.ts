import { matchRoute } from "../routing";
import type { Call } from "./call";
import type { Generation } from "./generation";
import { openSocket, openStream, probeSocket } from "./live";
import { assignTodo, claimTodo } from "./people";
import { createSet, listSets } from "./sets";
import { createTodo, deleteTodo, listTodos, moveTodo, patchTodo, reorderTodos } from "./todos";

export interface Route {
  method: string;
  path: URLPattern;
  answer: (call: Call) => Response | Promise<Response>;
  /** The only generation that has it, if not both have. */
  only?: Generation;
  /** Live push, which may be unavailable while everything else works. */
  live?: true;
}

/**
 * What the team answers to, below `/api/teams/:team`.
 * @throws {HttpError} 404 where the generation has no such path; 405
 */
export function findRoute(method: string, url: string, generation: Generation): { route: Route; set: string; todo: string } {
  const { route, groups } = matchRoute(ROUTES.filter(({ only }) => (only ?? generation) === generation), method, url);
  const { set = "", todo = "" } = groups;
  return { route, set, todo };
}

/** Ids are those that this server has given, or they are not found. Their length is bounded because a socket carries its set's. */
function at(pathname: string): URLPattern {
  return new URLPattern({ pathname: pathname.replaceAll(/:(set|todo)/g, ":$1([\\w\\-]{1,64})") });
}

const ROUTES: Route[] = [
  { method: "GET", path: at("/sets"), answer: listSets },
  { method: "POST", path: at("/sets"), answer: createSet },
  { method: "GET", path: at("/sets/:set/todos"), answer: listTodos },
  { method: "POST", path: at("/sets/:set/todos"), answer: createTodo },
  { method: "GET", path: at("/sets/:set/ws"), answer: openSocket, live: true },
  { method: "HEAD", path: at("/sets/:set/ws"), answer: probeSocket, live: true },
  { method: "GET", path: at("/sets/:set/sse"), answer: openStream, only: "latest", live: true },
  { method: "POST", path: at("/todos/reorder"), answer: reorderTodos },
  { method: "PATCH", path: at("/todos/:todo"), answer: patchTodo },
  { method: "DELETE", path: at("/todos/:todo"), answer: deleteTodo },
  { method: "POST", path: at("/todos/:todo/claim"), answer: claimTodo, only: "seed" },
  { method: "PUT", path: at("/todos/:todo/assignees"), answer: assignTodo, only: "latest" },
  { method: "POST", path: at("/todos/:todo/move"), answer: moveTodo, only: "latest" },
];
