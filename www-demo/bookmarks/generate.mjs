// Writes bookmarks-2000.html: a bookmark export of exactly 2,000 entries in the format that Chrome and Firefox write, with
// the titles and addresses that break importers. The same file on every machine: nothing here depends on time or locale.
//
//   node generate.mjs            writes the file
//   node generate.mjs --check    exits with 1 if the file is not what this program writes

import { readFileSync, writeFileSync } from "node:fs";
import { randomNumbers } from "../../scripts/random-numbers.mjs";
import { FOLDERS, TITLE_PATTERNS } from "./material.mjs";

const TOTAL = 2_000;
const SEED = 0x5ea1;
const FIRST_DAY = Date.UTC(2014, 2, 3) / 1_000;
const TWELVE_YEARS = 12 * 365 * 86_400;
const TINY_ICON =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const random = randomNumbers(SEED);
const below = (limit) => Math.floor(random() * limit);
const oneOf = (list) => list[below(list.length)];

const escape = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const slug = (text) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/** An address on a host that cannot exist: the names are reserved for examples and tests. */
function ordinaryAddress(subject) {
  const name = slug(subject);
  const host = oneOf(["example.com", "example.org", `${name}.example`, `docs.${name}.test`, `${name}.test`]);
  const path = oneOf([`/${name}`, `/notes/${name}/`, `/${2008 + below(18)}/${name}.html`, `/${name}?page=${1 + below(40)}`, "/"]);
  const section = random() < 0.15 ? `#section-${1 + below(9)}` : "";
  return `https://${host}${path}${section}`;
}

const addresses = [];

/** A few addresses occur twice or more, as they do in a list that has grown for years. */
function ordinaryBookmark(subjects) {
  const subject = oneOf(subjects);
  const title = oneOf(TITLE_PATTERNS).replace("*", subject);
  const url = addresses.length > 0 && random() < 0.03 ? oneOf(addresses) : ordinaryAddress(subject);
  addresses.push(url);
  return { title: title[0].toUpperCase() + title.slice(1), url };
}

/** The folders in the order of the file, each with its bookmarks; what is left of the 2,000 is shared out at random. */
function filledFolders() {
  const filled = new Map();
  const visit = (folder) => {
    filled.set(folder, [...(folder.bookmarks ?? [])]);
    folder.folders?.forEach(visit);
  };
  FOLDERS.forEach(visit);
  const open = [...filled.keys()].filter((folder) => folder.subjects);
  for (let missing = TOTAL - [...filled.values()].flat().length; missing > 0; missing--) {
    const folder = oneOf(open);
    filled.get(folder).push(ordinaryBookmark(folder.subjects));
  }
  return filled;
}

const filled = filledFolders();
const lines = [];

function dates() {
  const added = FIRST_DAY + below(TWELVE_YEARS);
  return { added, modified: added + below(30 * 86_400) };
}

function writeBookmark(indent, { title, url }) {
  const { added, modified } = dates();
  const attributes = [
    `HREF="${escape(url)}"`,
    ...(random() < 0.97 ? [`ADD_DATE="${added}"`] : []),
    ...(random() < 0.2 ? [`LAST_MODIFIED="${modified}"`] : []),
    ...(random() < 0.05 ? [`ICON="${TINY_ICON}"`] : []),
  ];
  lines.push(`${indent}<DT><A ${attributes.join(" ")}>${escape(title)}</A>`);
}

function writeFolder(folder, depth) {
  const indent = "    ".repeat(depth);
  const { added, modified } = dates();
  const toolbar = folder.toolbar ? ' PERSONAL_TOOLBAR_FOLDER="true"' : "";
  lines.push(`${indent}<DT><H3 ADD_DATE="${added}" LAST_MODIFIED="${modified}"${toolbar}>${escape(folder.name)}</H3>`);
  lines.push(`${indent}<DL><p>`);
  folder.folders?.forEach((inner) => writeFolder(inner, depth + 1));
  for (const bookmark of filled.get(folder)) writeBookmark(`${indent}    `, bookmark);
  lines.push(`${indent}</DL><p>`);
}

lines.push(
  "<!DOCTYPE NETSCAPE-Bookmark-file-1>",
  "<!-- This is an automatically generated file.",
  "     It will be read and overwritten.",
  "     DO NOT EDIT! -->",
  '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">',
  "<TITLE>Bookmarks</TITLE>",
  "<H1>Bookmarks</H1>",
  "<DL><p>",
);
FOLDERS.forEach((folder) => writeFolder(folder, 1));
lines.push("</DL><p>", "");

const file = new URL("bookmarks-2000.html", import.meta.url);
const text = lines.join("\n");
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text) {
    console.error("bookmarks-2000.html is not what generate.mjs writes: run `node generate.mjs` and commit the file.");
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
  console.log(`bookmarks-2000.html: ${TOTAL} bookmarks in ${filled.size} folders`);
}
