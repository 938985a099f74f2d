import { HttpError } from "../http";
import type { TodoEvent } from "./events";
import type { Generation } from "./generation";
import type { Listeners } from "./listeners";
import type { SetStore } from "./set-store";
import type { Member } from "./team-store";
import type { TodoRow, TodoStore } from "./todo-store";

/** A member's request to the team, and what it is answered from. */
export interface Call {
  request: Request;
  /** What stands in the path where the route has `:set` or `:todo`. */
  set: string;
  todo: string;
  member: Member;
  generation: Generation;
  sets: SetStore;
  todos: TodoStore;
  listeners: Listeners;
  /** How many todos a set takes. */
  fullAt: number;
  /** Tells the listeners. Called once the change is stored and before the answer is given, which Glint's own does as well. */
  publish: (event: TodoEvent) => void;
}

/** @throws {HttpError} 404 */
export function checkSet({ sets }: Call, setId: string, missing = "Set not found"): void {
  if (!sets.has(setId)) throw new HttpError(404, missing);
}

/** @throws {HttpError} 404 */
export function findTodo({ todos, todo }: Call): TodoRow {
  const row = todos.find(todo);
  if (!row) throw new HttpError(404, "Not found");
  return row;
}

/**
 * In the latest generation the siblings of a place have different titles.
 * @throws {HttpError} 409
 */
export function checkTitle({ generation, todos }: Call, setId: string, parentId: string | null, title: string, except: string | null = null): void {
  if (generation === "latest" && todos.hasTitle(setId, parentId, title, except)) {
    throw new HttpError(409, "Todo item title already exists among sibling todos");
  }
}
