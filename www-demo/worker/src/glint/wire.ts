import { printDate, type Generation } from "./generation";
import type { SetRow } from "./set-store";
import type { TodoRow } from "./todo-store";

export interface Assignee {
  userId: string;
  name: string;
  username: string;
  avatarUrl: null;
}

/** Who works on a todo: one person in the first generation, any number in the latest. */
type People = { claimedBy: string | null; claimedByName: string | null; claimedByAvatar: null } | { assignees: Assignee[] };

export type WireTodo = People & {
  id: string;
  userId: string;
  parentId: string | null;
  title: string;
  completed: boolean;
  sortOrder: number;
  /** The demo has no comments. */
  commentCount: 0;
  createdAt: string;
  updatedAt: string;
};

export function wireTodo(row: TodoRow, assignees: Assignee[], generation: Generation): WireTodo {
  const people: People =
    generation === "seed"
      ? { claimedBy: row.claimed_by, claimedByName: row.claimed_by_name, claimedByAvatar: null }
      : { assignees };
  return {
    id: row.id,
    userId: row.user_id,
    parentId: row.parent_id,
    title: row.title,
    completed: row.completed === 1,
    sortOrder: row.sort_order,
    commentCount: 0,
    ...people,
    createdAt: printDate(row.created_at, generation),
    updatedAt: printDate(row.updated_at, generation),
  };
}

export function wireSet(row: SetRow, generation: Generation) {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    sortOrder: row.sort_order,
    createdAt: printDate(row.created_at, generation),
  };
}
