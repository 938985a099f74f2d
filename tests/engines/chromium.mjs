import { CHROMIUM } from "./browsers/chromium.mjs";
import { runCore } from "./core.mjs";
import { extensions } from "./stories/extension.mjs";

runCore(CHROMIUM);
extensions();
