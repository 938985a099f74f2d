import type { SyncCoordinator } from "./coordinator";
import { coordinatorOf, type Env } from "./env";
import { HttpError } from "./http";

/** A session that the account's object has confirmed. */
export interface Session {
  userId: string;
  token: string;
  tokenHash: string;
  coordinator: DurableObjectStub<SyncCoordinator>;
}

/**
 * The session of the request's cookie.
 * @throws {HttpError} 401
 */
export async function authenticate(request: Request, env: Env): Promise<Session> {
  const session = await findSession(request, env);
  if (!session) throw new HttpError(401, "There is no valid session; sign in with POST /api/v1/auth/session.");
  return session;
}

/** The session of the request's cookie, if it has a valid one. */
export async function findSession(request: Request, env: Env): Promise<Session | undefined> {
  const cookie = COOKIE.exec(request.headers.get("Cookie") ?? "");
  if (!cookie) return undefined;
  const [, userId = "", token = ""] = cookie;
  const tokenHash = await sha256(token);
  const coordinator = coordinatorOf(env, userId);
  return (await coordinator.hasSession(tokenHash)) ? { userId, token, tokenHash, coordinator } : undefined;
}

/** A `Set-Cookie` value. `Secure` only where it would come back: a browser drops it on plain http. */
export function sessionCookie(request: Request, userId: string, token: string, maxAgeSeconds: number): string {
  const secure = new URL(request.url).protocol === "https:" ? "; Secure" : "";
  return `session=${userId}.${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

export function newUserId(): string {
  return `user_${random(16)}`;
}

/** An account's secret or a session's token: 256 random bits. Too many to guess, so a plain hash of them can be kept. */
export function newSecret(): string {
  return random(32);
}

export function isUserId(value: string): boolean {
  return USER_ID.test(value);
}

/** In hex. */
export async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}

const USER_ID = /^user_[\w-]{22}$/;
const COOKIE = /(?:^|; *)session=(user_[\w-]{22})\.([\w-]{43})(?:;|$)/;

function random(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url", omitPadding: true });
}
