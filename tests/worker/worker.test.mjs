/** The worker as it is deployed, under `wrangler dev`. One server for all files: starting it is what takes time. */
import { after } from "node:test";
import { access, LISTED_ORIGIN } from "./access.mjs";
import { accounts } from "./accounts.mjs";
import { frames } from "./frames.mjs";
import { glintAccess } from "./glint/access.mjs";
import { glintFaults } from "./glint/faults.mjs";
import { glintLimits } from "./glint/limits.mjs";
import { glintLive } from "./glint/live.mjs";
import { glintMove } from "./glint/move.mjs";
import { glintPeople } from "./glint/people.mjs";
import { glintRestart } from "./glint/restart.mjs";
import { glintTeams } from "./glint/teams.mjs";
import { glintTodos } from "./glint/todos.mjs";
import { merge } from "./merge.mjs";
import { pull } from "./pull.mjs";
import { push } from "./push.mjs";
import { realtime } from "./realtime.mjs";
import { restart } from "./restart.mjs";
import { startServer } from "./server.mjs";

const server = await startServer({ vars: { ALLOWED_ORIGINS: `https://app.example, ${LISTED_ORIGIN}`, FAULTS: "allowed" } });
after(() => server.stop());

const bitmarks = [accounts, access, realtime, merge, frames, pull, push];
const glint = [glintTeams, glintAccess, glintTodos, glintPeople, glintMove, glintLive, glintLimits, glintFaults];
for (const suite of [...bitmarks, ...glint, glintRestart, restart]) suite(server);
