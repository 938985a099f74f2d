/** What documents point at is there: files, headings, `make` targets. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { test } from "node:test";
import { blocksOf, DOCUMENTS, GUIDES, proseOf, ROOT } from "./documents.mjs";

const LINK = /\]\(([^)\s]+)\)/g;
/** A path of the repository that is named and not linked, as in a README that is also read elsewhere. */
const NAMED_PATH = /`((?:docs|src|tests|benches|www-demo|pkg-template|scripts)\/[\w./-]*)`/g;

/** As GitHub makes them, a heading that comes again with a number; and those that are set by hand. */
function anchorsOf(path) {
  const seen = new Map();
  const set = [...proseOf(path).matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
  return set.concat([...proseOf(path).matchAll(/^#{1,6} +(.*)$/gm)].map(([, heading]) => {
    const slug = heading.toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").trim().replaceAll(" ", "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times ? `${slug}-${times}` : slug;
  }));
}

/** What is wrong with a link of a document. */
function faultOf(path, target) {
  if (/^[a-z]+:/.test(target)) return [];
  const [file, anchor] = target.split("#");
  const linked = file ? join(dirname(path), file) : path;
  if (!existsSync(ROOT + linked)) return [`${path}: there is no ${linked}`];
  if (anchor && !anchorsOf(linked).includes(anchor)) return [`${path}: ${linked} has no heading #${anchor}`];
  return [];
}

test("links between documents lead somewhere", () => {
  const links = DOCUMENTS.flatMap((path) => [...proseOf(path).matchAll(LINK)].map(([, target]) => [path, target]));
  assert.ok(links.length > 50, `${links.length} links`);
  assert.deepEqual(links.flatMap(([path, target]) => faultOf(path, target)), []);
});

test("paths that are named exist", () => {
  const missing = GUIDES.flatMap((path) => [...proseOf(path).matchAll(NAMED_PATH)].filter(([, named]) => !existsSync(ROOT + named)).map(([, named]) => `${path}: ${named}`));
  assert.deepEqual(missing, []);
});

test("the guide's index names each of its pages", () => {
  const index = proseOf("docs/guide/README.md");
  const left = GUIDES.filter((path) => path.startsWith("docs/guide/") && !path.endsWith("README.md")).map((path) => path.replace("docs/guide/", ""));
  assert.deepEqual(left.filter((page) => !index.includes(`(${page})`)), []);
});

test("`make` has the targets that the documents name", () => {
  const targets = new Set([...readFileSync(`${ROOT}Makefile`, "utf8").matchAll(/^([a-z-]+)(?: [a-z -]+)?:/gm)].flatMap(([line]) => line.slice(0, -1).split(" ")));
  const named = DOCUMENTS.flatMap((path) => {
    const commands = blocksOf(path).filter(({ language }) => language === "sh").map(({ code }) => code).join("\n");
    const inline = [...proseOf(path).matchAll(/`(make [a-z][^`]*)`/g)].map(([, command]) => command).join("\n");
    return [...`${commands}\n${inline}`.matchAll(/\bmake ([a-z][a-z-]*)/g)].map(([, target]) => ({ path, target }));
  });
  assert.ok(named.length > 5, `${named.length} targets`);
  assert.deepEqual(named.filter(({ target }) => !targets.has(target)), []);
});
