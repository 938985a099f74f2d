/** `sealwire/react` in a real browser, with React 18 and 19, in the modes in which React shows faults. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { components } from "./components.mjs";
import { hooks } from "./hooks.mjs";
import { notes } from "./notes.mjs";
import { onServers } from "./on-servers.mjs";
import { todos } from "./todos.mjs";

const browser = await launchChromium();
after(() => browser.close());

onServers();
for (const version of [18, 19]) for (const suite of [hooks, notes, todos, components]) suite(browser, version);
