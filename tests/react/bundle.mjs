// The pages of this folder as scripts, with the package as it is published and a version of React.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PAGES = fileURLToPath(new URL("pages/", import.meta.url));

/** In development, because StrictMode does nothing otherwise. */
export async function bundle(page, version) {
  const alias = version === 18 ? Object.fromEntries(["react", "react-dom"].map((name) => [name, fileURLToPath(new URL(`react-18/node_modules/${name}`, import.meta.url))])) : {};
  const { outputFiles: [script] } = await build({
    entryPoints: [`${PAGES}${page}.tsx`],
    bundle: true,
    write: false,
    format: "iife",
    jsx: "automatic",
    alias,
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "error",
  });
  return script.text;
}
