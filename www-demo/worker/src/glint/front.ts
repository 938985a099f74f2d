import { todoSyncOf, type Env } from "../env";
import { HttpError, readBytes } from "../http";
import { MAX_FRAME_BYTES } from "../limits";
import { checkOrigin } from "../origin";
import { findSession } from "../session";
import { demo, me } from "./demo";
import { isShareableTeam, personalTeamOf } from "./team-id";
import type { Visit } from "./todo-sync";

/** Whether the path is one of Glint's. */
export function isGlint(pathname: string): boolean {
  return OPEN_ROUTES.has(pathname) || TEAM.test(pathname);
}

/** Finds out who asks, and hands a team's requests to the team's object, which knows its members. */
export async function answerGlint(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const open = OPEN_ROUTES.get(pathname);
  if (!open) return forward(request, env, pathname);
  if (request.method !== open.method) throw new HttpError(405, `Use ${open.method} here.`, { Allow: open.method });
  return open.answer(request, env);
}

async function forward(request: Request, env: Env, pathname: string): Promise<Response> {
  const session = await findSession(request, env);
  if (!session) throw new HttpError(401, SESSION_COOKIE.test(request.headers.get("Cookie") ?? "") ? "Session expired" : "Unauthorized");
  const upgrade = request.headers.get("Upgrade")?.toLowerCase() === "websocket";
  if (upgrade || !READS.has(request.method)) checkOrigin(request, env);

  const [, encoded = "", rest = ""] = TEAM.exec(pathname) ?? [];
  const teamId = decode(encoded);
  // Nobody else's personal team, and no object for a name that no team can have.
  if (!isShareableTeam(teamId) && teamId !== personalTeamOf(session.userId)) throw new HttpError(403, "Not a member of this team");

  // Read here to its end: where the object answered without reading a body that is still arriving, the runtime broke the connection.
  const body = request.body && (await readBytes(request, MAX_FRAME_BYTES));
  const visit: Visit = { userId: session.userId, teamId };
  return todoSyncOf(env, teamId).fetch(`https://todo-sync${rest}`, {
    method: request.method,
    body,
    headers: { "Sealwire-Visit": JSON.stringify(visit), ...(upgrade && { Upgrade: "websocket" }) },
  });
}

const OPEN_ROUTES = new Map([
  ["/api/auth/me", { method: "GET", answer: me }],
  ["/api/auth/demo", { method: "POST", answer: demo }],
]);

const TEAM = /^\/api\/teams\/([^/]+)(\/.*)$/;
const SESSION_COOKIE = /(?:^|; *)session=/;
/** What changes nothing and cannot be read by a page of another origin. */
const READS = new Set(["GET", "HEAD"]);

/** A team's id may come percent-encoded: `personal:` has a colon. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
