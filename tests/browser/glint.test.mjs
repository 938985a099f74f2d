/** `sealwire/glint` in a real browser, against a small server of each generation. */
import { after } from "node:test";
import { launchChromium } from "../package/browser.mjs";
import { changing } from "./glint/changing.mjs";
import { connecting } from "./glint/connecting.mjs";
import { elsewhere } from "./glint/elsewhere.mjs";
import { failing } from "./glint/failing.mjs";
import { forgetting } from "./glint/forgetting.mjs";
import { generations } from "./glint/generations.mjs";
import { offline } from "./glint/offline.mjs";
import { switching } from "./glint/switching.mjs";
import { tabs } from "./glint/tabs.mjs";
import { withoutStorage } from "./glint/without-storage.mjs";

const browser = await launchChromium();
after(() => browser.close());

for (const suite of [changing, generations, offline, tabs, switching, connecting, elsewhere, forgetting, withoutStorage, failing]) suite(browser);
