/** The worker as it is deployed, under `wrangler dev`. One server for all files: starting it is what takes time. */
import { after } from "node:test";
import { access, LISTED_ORIGIN } from "./access.mjs";
import { accounts } from "./accounts.mjs";
import { frames } from "./frames.mjs";
import { merge } from "./merge.mjs";
import { pull } from "./pull.mjs";
import { push } from "./push.mjs";
import { realtime } from "./realtime.mjs";
import { restart } from "./restart.mjs";
import { startServer } from "./server.mjs";

const server = await startServer({ vars: { ALLOWED_ORIGINS: `https://app.example, ${LISTED_ORIGIN}` } });
after(() => server.stop());

for (const suite of [accounts, access, realtime, merge, frames, pull, push, restart]) suite(server);
