import { FIREFOX } from "./browsers/firefox.mjs";
import { runCore } from "./core.mjs";

runCore(FIREFOX);
