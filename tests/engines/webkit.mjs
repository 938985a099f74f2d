import { WEBKIT } from "./browsers/webkit.mjs";
import { runCore } from "./core.mjs";

runCore(WEBKIT);
