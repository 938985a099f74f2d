/** The worker as it is deployed, under `wrangler dev`. One server for all files: starting it is what takes time. */
import { after } from "node:test";
import { access, LISTED_ORIGIN } from "./access.mjs";
import { accounts } from "./accounts.mjs";
import { demoRestart } from "./demo-restart.mjs";
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
import { typeletsAccess } from "./typelets/access.mjs";
import { typeletsAuth } from "./typelets/auth.mjs";
import { typeletsFaults } from "./typelets/faults.mjs";
import { typeletsFolders } from "./typelets/folders.mjs";
import { typeletsLimits } from "./typelets/limits.mjs";
import { typeletsLive } from "./typelets/live.mjs";
import { typeletsNotes } from "./typelets/notes.mjs";
import { typeletsPatience } from "./typelets/patience.mjs";
import { typeletsPlain } from "./typelets/plain.mjs";
import { typeletsRelays } from "./typelets/relays.mjs";
import { typeletsRestart } from "./typelets/restart.mjs";
import { typeletsSigned } from "./typelets/signed.mjs";
import { typeletsSocketFaults } from "./typelets/socket-faults.mjs";
import { typeletsTokens } from "./typelets/tokens.mjs";

const server = await startServer({ vars: { ALLOWED_ORIGINS: `https://app.example, ${LISTED_ORIGIN}`, FAULTS: "allowed" } });
after(() => server.stop());

const bitmarks = [accounts, access, realtime, merge, frames, pull, push, demoRestart];
const glint = [glintTeams, glintAccess, glintTodos, glintPeople, glintMove, glintLive, glintLimits, glintFaults];
const typeletsCalls = [typeletsTokens, typeletsAccess, typeletsNotes, typeletsFolders, typeletsPlain];
const typeletsTalk = [typeletsAuth, typeletsLive, typeletsRelays, typeletsSigned, typeletsLimits, typeletsSocketFaults, typeletsFaults];

const patience = typeletsPatience(server);
const { prepare, check } = typeletsRestart(server);
for (const suite of [...bitmarks, ...glint, ...typeletsCalls, ...typeletsTalk, patience, prepare, glintRestart, check, restart]) suite(server);
