import { coordinatorOf, type Env } from "./env";
import { HttpError, readJson } from "./http";
import { isUserId, newSecret, newUserId, sessionCookie, sha256, type Session } from "./session";

/** `POST /auth/register`. The secret is told this once. */
export async function register(request: Request, env: Env): Promise<Response> {
  const { userId, secret, token } = await newAccount(env);
  return signedIn(request, env, userId, token, { user_id: userId, secret }, 201);
}

/** An account with one session. */
export async function newAccount(env: Env): Promise<{ userId: string; secret: string; token: string }> {
  const userId = newUserId();
  const secret = newSecret();
  const token = newSecret();
  await coordinatorOf(env, userId).register(await sha256(secret), await sha256(token));
  return { userId, secret, token };
}

/** `POST /auth/session`. An unknown account and a wrong secret get the same answer. */
export async function signIn(request: Request, env: Env): Promise<Response> {
  const { user_id: userId, secret } = await readJson(request);
  if (typeof userId !== "string" || typeof secret !== "string") {
    throw new HttpError(400, "The body must be {user_id, secret}, as POST /api/v1/auth/register gave them.");
  }
  const token = newSecret();
  if (!isUserId(userId) || !(await coordinatorOf(env, userId).signIn(await sha256(secret), await sha256(token)))) {
    throw new HttpError(401, "`user_id` or `secret` is wrong; give them as POST /api/v1/auth/register did.");
  }
  return signedIn(request, env, userId, token, { user_id: userId });
}

/** `POST /auth/refresh`. The token stays, so that another tab's request in flight is not signed out. */
export async function refresh(request: Request, env: Env, session: Session): Promise<Response> {
  await session.coordinator.refresh(session.tokenHash);
  return signedIn(request, env, session.userId, session.token, { user_id: session.userId });
}

/** `POST /auth/logout`. Ends the session, its sockets included. */
export async function signOut(request: Request, _env: Env, session: Session): Promise<Response> {
  await session.coordinator.signOut(session.tokenHash);
  return new Response(null, { status: 204, headers: { "Set-Cookie": sessionCookie(request, session.userId, session.token, 0) } });
}

/** An answer that gives the browser the session. */
export function signedIn(request: Request, env: Env, userId: string, token: string, body: object, status = 200): Response {
  return Response.json(body, { status, headers: { "Set-Cookie": sessionCookie(request, userId, token, Number(env.SESSION_SECONDS)) } });
}
