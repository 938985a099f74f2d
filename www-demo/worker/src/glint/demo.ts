import { newAccount, signedIn } from "../auth";
import { coordinatorOf, todoSyncOf, type Env } from "../env";
import { HttpError, readJson } from "../http";
import { checkOrigin } from "../origin";
import { findSession } from "../session";
import { readText } from "./bodies";
import { isGeneration } from "./generation";
import { MAX_BODY_BYTES, MAX_NAME, MAX_TEAMS_OF_USER } from "./limits";
import { isPersonal, isShareableTeam, personalTeamOf } from "./team-id";

/** `GET /api/auth/me`. */
export async function me(request: Request, env: Env): Promise<Response> {
  const session = await findSession(request, env);
  return Response.json({ user: session ? await session.coordinator.user(session.userId) : null });
}

/**
 * `POST /api/auth/demo {name, team, generation?}`, which is the demo's own and stands in for Glint's sign-in and invitations.
 *
 * Joins the team whose id the caller knows. Without a session it makes an account as `POST /api/v1/auth/register` does, and whoever
 * has one keeps it: both protocols share the cookie.
 */
export async function demo(request: Request, env: Env): Promise<Response> {
  checkOrigin(request, env);
  const { name, team, generation } = await readJson(request, MAX_BODY_BYTES);
  const displayName = readText(name, MAX_NAME, "Name is required", "name");
  if (generation !== undefined && !isGeneration(generation)) throw new HttpError(400, "`generation` must be seed or latest.");
  const session = await findSession(request, env);
  if (!isShareableTeam(team) && !(session && team === personalTeamOf(session.userId))) {
    throw new HttpError(400, "`team` must be 22 to 64 letters, digits, - or _, drawn at random, or one's own personal one.");
  }

  const { userId, ...made } = session ? { userId: session.userId } : await newAccount(env);
  const coordinator = coordinatorOf(env, userId);
  await coordinator.nameOnce(displayName);
  const user = await coordinator.user(userId);
  if (user.teams.length >= MAX_TEAMS_OF_USER && !user.teams.some(({ id }) => id === team)) {
    throw new HttpError(400, `A user has at most ${MAX_TEAMS_OF_USER} teams.`);
  }
  const joining = await todoSyncOf(env, team).join(user, generation);
  if ("refused" in joining) throw new HttpError(409, `The team is ${REFUSALS[joining.refused]}.`);
  const { joined } = joining;
  if (!isPersonal(team)) await coordinator.listTeam({ id: team, name: "Demo", role: joined.role });

  const body = { user: await coordinator.user(userId), team: { id: team, ...joined } };
  if (!("token" in made)) return Response.json(body);
  return signedIn(request, env, userId, made.token, { ...body, secret: made.secret }, 201);
}

const REFUSALS = { full: "full", "other generation": "of the other generation" };
