// The tree of a set's todos, whatever the server says of their parents and places.

import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";

const { outputFiles: [bundle] } = await build({ entryPoints: ["pkg-template/src/glint/tree.ts"], absWorkingDir: new URL("../..", import.meta.url).pathname, bundle: true, write: false, format: "esm" });
const { treeOf } = await import(`data:text/javascript;base64,${Buffer.from(bundle.contents).toString("base64")}`);

/** Todos as `id`, `id<parent` or either with `@sortOrder`. */
const todos = (...texts) =>
  texts.map((text) => {
    const [, id, parentId = null, sortOrder] = text.match(/^([^<@]+)(?:<([^@]+))?(?:@(.+))?$/);
    return { id, parentId, ...(sortOrder !== undefined && { sortOrder: Number(sortOrder) }) };
  });

/** `a(b c)` for `b` and `c` below `a`. */
const drawn = (nodes) => nodes.map(({ id, children }) => id + (children.length > 0 ? `(${drawn(children)})` : "")).join(" ");

test("siblings are in the order of sortOrder as a number", () => {
  assert.equal(drawn(treeOf(todos("a@10", "b@9", "c@1.5", "d@-1", "e@1e3"))), "d c b a e");
  assert.equal(drawn(treeOf(todos("p", "a<p@2", "b<p@1"))), "p(b a)");
});

test("those without a place come last, then the oldest first, then by id", () => {
  const [a, b, c, d, e] = todos("a", "b", "c", "d@7", "e");
  const dated = [{ ...a, createdAt: "2026-11-22T01:15:46.215Z" }, { ...b, createdAt: "2026-11-22T01:15:46Z" }, { ...c, createdAt: "nonsense" }, d, e];
  assert.equal(drawn(treeOf(dated)), "d b a c e");
  assert.equal(drawn(treeOf(dated.toReversed())), "d b a c e");
  assert.equal(drawn(treeOf([{ id: "a", parentId: null, sortOrder: "1" }, { id: "b", parentId: null, sortOrder: NaN }, ...todos("c@5", "d@Infinity")])), "c d a b");
});

test("a todo whose parent is not there stands at the root", () => {
  assert.equal(drawn(treeOf(todos("b<gone", "a<b", "c<a"))), "b(a(c))");
  assert.equal(drawn(treeOf([{ id: "a", parentId: 7 }, { id: "b" }, { id: "c", parentId: "" }])), "a b c");
});

test("todos that are each other's parents are shown once, at the root by the smallest id", () => {
  assert.equal(drawn(treeOf(todos("a<a"))), "a");
  assert.equal(drawn(treeOf(todos("c<b", "b<c"))), "b(c)");
  assert.equal(drawn(treeOf(todos("d<c", "c<b", "b<d", "e<d", "f<e", "x"))), "b(c(d(e(f)))) x");
  assert.equal(drawn(treeOf(todos("z<y", "y<z", "b<c", "c<b"))), "b(c) y(z)");
});

test("ids that are names of an object's own are ids", () => {
  assert.equal(drawn(treeOf(todos("constructor", "__proto__<constructor", "toString<__proto__"))), "constructor(__proto__(toString))");
});

test("what was given stays as it was", () => {
  const given = todos("b<a", "a");
  const before = structuredClone(given);
  treeOf(given);
  assert.deepEqual(given, before);
});

const COUNT = 10_000;
const numbered = (parentOf) => Array.from({ length: COUNT }, (_, index) => ({ id: `t${String(index).padStart(5, "0")}`, parentId: parentOf(index) }));
const idOf = (index) => `t${String(index).padStart(5, "0")}`;

for (const [what, parentOf] of Object.entries({
  "one chain": (index) => (index === 0 ? null : idOf(index - 1)),
  "one chain, the deepest first": (index) => (index === COUNT - 1 ? null : idOf(index + 1)),
  "one circle": (index) => idOf((index + 1) % COUNT),
  "all below one": (index) => (index === 0 ? null : idOf(0)),
  "all at the root": () => null,
})) {
  test(`10,000 todos: ${what}`, () => {
    const roots = treeOf(numbered(parentOf));
    const seen = new Set();
    for (let level = roots; level.length > 0; level = level.flatMap(({ children }) => children)) for (const { id } of level) seen.add(id);
    assert.equal(seen.size, COUNT);
    if (what === "one circle") assert.deepEqual(roots.map(({ id }) => id), [idOf(0)]);
  });
}
