// Whether pages show the server's own list.

import { isDeepStrictEqual } from "node:util";
import { eventually } from "../poll.mjs";

/** Longer than the 60 s of silence after which a page reads the set, where events are lost. */
const BOUND_MS = 100_000;

/**
 * Resolves, to the tree, when nothing waits in any page and each shows what the server has. Then the server behaves, one more todo is made
 * there, and it has to be so again: what a page showed by chance amid something would not last.
 */
export async function agree(mates, setId) {
  await agreeOnce(mates, setId);
  const [{ page, setFaults }] = mates;
  await setFaults({});
  await page.evaluate((setId) => ask("POST", `/sets/${setId}/todos`, { title: `The last one ${crypto.randomUUID()}` }), setId);
  const tree = await agreeOnce(mates, setId);
  return tree.filter(({ title }) => !title.startsWith("The last one "));
}

async function agreeOnce(mates, setId) {
  const read = async () => {
    const { todos } = await mates[0].page.evaluate((setId) => ask("GET", `/sets/${setId}/todos`), setId);
    const shown = await Promise.all(mates.map(({ page }) => page.evaluate(async () => ({ waits: sync.status.pending, tree: await sync.todos() }))));
    return { there: treeOf(todos), shown: shown.map(({ waits, tree }) => ({ waits, tree: tree.map(gistOf) })) };
  };
  const until = ({ there, shown }) => shown.every(({ waits, tree }) => waits === 0 && isDeepStrictEqual(tree, there));
  const { there } = await eventually("each page shows the server's list", read, { until, bound: BOUND_MS });
  return there;
}

/** As the package documents the order, from the server's list. */
function treeOf(todos, parentId = null) {
  return todos
    .filter((todo) => todo.parentId === parentId)
    .sort((one, other) => one.sortOrder - other.sortOrder || compare(one.createdAt, other.createdAt) || compare(one.id, other.id))
    .map((todo) => gistOf({ ...todo, pending: false, children: treeOf(todos, todo.id) }));
}

/** What counts of a todo. */
function gistOf({ id, title, completed, sortOrder, userId, claimedBy = null, assignees = [], pending, children }) {
  const holders = [claimedBy, ...assignees.map(({ userId }) => userId)].filter((holder) => holder !== null).sort();
  return { id, title, completed, sortOrder, userId, holders, pending, children: children.map(gistOf) };
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}

/** All titles of a tree, sorted. */
export function titlesOf(tree) {
  return tree.flatMap(({ title, children }) => [title, ...titlesOf(children)]).sort();
}
