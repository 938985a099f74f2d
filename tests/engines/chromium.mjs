import { CHROMIUM } from "./browsers/chromium.mjs";
import { runCore } from "./core.mjs";

runCore(CHROMIUM);
