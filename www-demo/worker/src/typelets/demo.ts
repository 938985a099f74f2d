import { tokenIssuerOf, type Env } from "../env";
import { HttpError } from "../http";
import { checkOrigin } from "../origin";
import { authenticate } from "../session";

const DEFAULT_SECONDS = 3600;
const MAX_SECONDS = 86_400;

/**
 * `POST /typelets/demo/token?ttl=`, which is the demo's own: a token for the account of the session, and where its notes are.
 *
 * Without a session it makes no account: a page whose session has ended would go on as somebody else.
 */
export async function mintToken(request: Request, env: Env): Promise<Response> {
  const { userId } = await authenticate(request, env);
  checkOrigin(request, env);
  const { origin, searchParams } = new URL(request.url);
  const ttl = searchParams.get("ttl") ?? String(DEFAULT_SECONDS);
  if (!/^\d{1,5}$/.test(ttl) || Number(ttl) > MAX_SECONDS) throw new HttpError(400, "`ttl` must be a whole number of seconds from 0 to 86,400.");

  const { token, expiresAt } = await tokenIssuerOf(env).mint(userId, Number(ttl));
  const url = `${origin.replace("http", "ws")}/typelets/ws?user_id=${userId}`;
  return Response.json({ token, expiresAt, userId, url, api: `${origin}/typelets/api` });
}

/** `GET /typelets/.well-known/jwks.json`. */
export async function jwks(_request: Request, env: Env): Promise<Response> {
  return Response.json(await tokenIssuerOf(env).jwks());
}
