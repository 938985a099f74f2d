// The repository's documents for people, and the blocks of code in them.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const DOCUMENTS = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\0")
  .filter(Boolean);

/** Those that show how the package is used. */
export const GUIDES = DOCUMENTS.filter((path) => path === "README.md" || path === "pkg-template/README.md" || path.startsWith("docs/guide/"));

export const textOf = (path) => readFileSync(ROOT + path, "utf8");

/** The blocks of one document: `{ path, line, language, code }`. */
export function blocksOf(path) {
  const blocks = [];
  let open;
  for (const [index, text] of textOf(path).split("\n").entries()) {
    const [, language] = /^```(\S*)/.exec(text) ?? [];
    if (language === undefined) open?.code.push(text);
    else if (open) {
      blocks.push({ ...open, code: open.code.join("\n") });
      open = undefined;
    } else open = { path, line: index + 1, language, code: [] };
  }
  if (open) throw new Error(`${path}:${open.line}: a block that does not end`);
  return blocks;
}

/** A document without its blocks. */
export const proseOf = (path) => textOf(path).replace(/^```[\s\S]*?^```/gm, "");
