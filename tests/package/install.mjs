// The package as a new user has it: packed, and installed into an empty project.

import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL("../../pkg", import.meta.url));
const FIRST_STEPS = fileURLToPath(new URL("./first-steps.js", import.meta.url));

/** An empty project with the package, and `files` (name → content) besides. `packed` names what the package holds. */
export async function installPackage(files = {}) {
  const project = await mkdtemp(join(tmpdir(), "sealwire-package-"));
  const { stdout } = await run("npm", ["pack", PACKAGE, "--json", "--pack-destination", project]);
  const [{ filename, files: packed }] = JSON.parse(stdout);
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(project, filename)], { cwd: project });
  await cp(FIRST_STEPS, join(project, "first-steps.js"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(project, name), content);
  return { project, packed: packed.map(({ path }) => path).sort(), remove: () => rm(project, { recursive: true, force: true }) };
}
