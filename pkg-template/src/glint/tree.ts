/** The todos of a set as a tree, whatever the server says of their parents. */

import type { Todo, TodoNode } from "../glint.d.ts";

/** No recursion: a set may be one chain of 10,000 todos. */
export function treeOf(todos: Todo[]): TodoNode[] {
  const nodes = new Map(todos.map((todo) => [todo.id, { ...todo, children: [] as TodoNode[] }]));
  const roots: TodoNode[] = [];
  const cut = lowestOfCircles(nodes);
  for (const node of nodes.values()) {
    const siblings = cut.has(node.id) ? roots : (parentOf(node, nodes)?.children ?? roots);
    siblings.push(node);
  }
  for (const siblings of [roots, ...Array.from(nodes.values(), ({ children }) => children)]) siblings.sort(inOrder);
  return roots;
}

/** Of todos that are each other's parents, the one with the smallest id: it stands at the root, and the others below it. */
function lowestOfCircles(nodes: Map<string, TodoNode>): Set<string> {
  const cut = new Set<string>();
  /** By todo, the walk that came by it first. */
  const walks = new Map<string, string>();
  for (const start of nodes.values()) {
    let node: TodoNode | undefined = start;
    while (node && !walks.has(node.id)) {
      walks.set(node.id, start.id);
      node = parentOf(node, nodes);
    }
    // A walk that ends at a todo of its own has gone round.
    if (node && walks.get(node.id) === start.id) cut.add(lowestOf(node, nodes));
  }
  return cut;
}

function lowestOf(first: TodoNode, nodes: Map<string, TodoNode>): string {
  let lowest = first.id;
  for (let node = parentOf(first, nodes); node && node !== first; node = parentOf(node, nodes)) {
    if (node.id < lowest) lowest = node.id;
  }
  return lowest;
}

function parentOf(node: TodoNode, nodes: Map<string, TodoNode>): TodoNode | undefined {
  return typeof node.parentId === "string" ? nodes.get(node.parentId) : undefined;
}

function inOrder(one: TodoNode, other: TodoNode): number {
  return (
    compare(placeOf(one.sortOrder), placeOf(other.sortOrder)) ||
    compare(placeOf(timeOf(one.createdAt)), placeOf(timeOf(other.createdAt))) ||
    compare(one.id, other.id)
  );
}

/** What has no place comes behind all that has one. */
function placeOf(value: unknown): [number, number] {
  return typeof value === "number" && !Number.isNaN(value) ? [0, value] : [1, 0];
}

function timeOf(date: unknown): number {
  return typeof date === "string" ? Date.parse(date) : NaN;
}

function compare(one: string | [number, number], other: string | [number, number]): number {
  if (typeof one === "string" || typeof other === "string") return one < other ? -1 : Number(one > other);
  return one[0] - other[0] || Number(one[1] > other[1]) - Number(one[1] < other[1]);
}
