import type { Todo, TodoNode } from "sealwire/glint";

type Moved = { id: string; sortOrder: number }[];

/**
 * What brings a todo one place up (-1) or down (1): a place between its new neighbours, so that only the one is changed. Where there is none,
 * because two have the same place or the server has not given one yet, all siblings are numbered anew. `null` at the end.
 */
export function stepped(siblings: readonly Todo[], index: number, step: -1 | 1): Moved | null {
  const todo = siblings[index];
  if (!todo || !siblings[index + step]) return null;
  const others = siblings.filter((other) => other !== todo);
  const place = index + step;
  const sortOrder = between(others, place);
  if (sortOrder !== null) return [{ id: todo.id, sortOrder }];
  return others.toSpliced(place, 0, todo).map(({ id }, order) => ({ id, sortOrder: order + 1 }));
}

function between(others: readonly Todo[], place: number): number | null {
  const [before, after] = [others[place - 1], others[place]];
  const low = before ? before.sortOrder : (after?.sortOrder ?? NaN) - 2;
  const high = after ? after.sortOrder : (before?.sortOrder ?? NaN) + 2;
  if (low === undefined || high === undefined) return null;
  const middle = (low + high) / 2;
  return low < middle && middle < high ? middle : null;
}

/** How many are at and below these, and how many of them are done. */
export function tally(nodes: readonly TodoNode[]): { all: number; done: number } {
  const sum = { all: 0, done: 0 };
  for (const { completed, children } of nodes) {
    const below = tally(children);
    sum.all += 1 + below.all;
    sum.done += (completed ? 1 : 0) + below.done;
  }
  return sum;
}

export interface Person {
  userId: string;
  name: string;
}

/** Who works on a todo, in the words of either kind of server. */
export function peopleOf({ assignees, claimedBy, claimedByName, claimedByUsername }: Todo): Person[] {
  if (assignees) return assignees.map(({ userId, name, username }) => ({ userId, name: name || username || "Somebody" }));
  return claimedBy ? [{ userId: claimedBy, name: claimedByName || claimedByUsername || "Somebody" }] : [];
}
