import { noteHubOf, type Env } from "../env";
import { HttpError, readBytes } from "../http";
import { MAX_FRAME_BYTES } from "../limits";
import { checkOrigin } from "../origin";
import { isUserId } from "../session";
import { jwks, mintToken } from "./demo";
import type { Visit } from "./note-hub";
import { verifyToken } from "./token";

/** Whether the path is one of Typelets'. */
export function isTypelets(pathname: string): boolean {
  return pathname.startsWith("/typelets/");
}

/** Finds out who asks, and hands requests and sockets to the object of that user's notes. */
export async function answerTypelets(request: Request, env: Env): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (pathname.startsWith(API)) return forward(request, env, pathname.slice(API.length - 1) + search);
  const open = OPEN_ROUTES.get(pathname);
  if (!open) throw new HttpError(404, "There is no such route; README.md lists them.");
  if (request.method !== open.method) throw new HttpError(405, `Use ${open.method} here.`, { Allow: open.method });
  return open.answer(request, env);
}

/** Whoever has the token may ask from anywhere: no browser sends it by itself, as it does a cookie. */
async function forward(request: Request, env: Env, path: string): Promise<Response> {
  const [, token] = BEARER.exec(request.headers.get("Authorization") ?? "") ?? [];
  const verdict = await verifyToken(token, env);
  if ("refused" in verdict) throw new HttpError(401, "Authentication required");

  // Read here to its end: where the object answered without reading a body that is still arriving, the runtime broke the connection.
  const body = request.body && (await readBytes(request, MAX_FRAME_BYTES));
  return visit(env, verdict.userId, path, { method: request.method, body });
}

/**
 * `GET /typelets/ws?user_id=`. A socket cannot move from one object to another, so it has to name the user before it authenticates; the
 * object takes tokens of that user alone.
 */
async function openSocket(request: Request, env: Env): Promise<Response> {
  if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") {
    throw new HttpError(426, "This is a WebSocket; open it with new WebSocket(url).");
  }
  checkOrigin(request, env);
  const userId = new URL(request.url).searchParams.get("user_id") ?? "";
  if (!isUserId(userId)) throw new HttpError(400, "`user_id` must be an account's id; POST /typelets/demo/token tells the whole URL.");
  return visit(env, userId, "/ws", { headers: { Upgrade: "websocket" } });
}

function visit(env: Env, userId: string, path: string, init: RequestInit): Promise<Response> {
  const visit: Visit = { userId };
  return noteHubOf(env, userId).fetch(`https://note-hub${path}`, { ...init, headers: { ...init.headers, "Sealwire-Visit": JSON.stringify(visit) } });
}

const API = "/typelets/api/";
const BEARER = /^Bearer ([\w.~+/=-]+)$/i;

const OPEN_ROUTES = new Map([
  ["/typelets/ws", { method: "GET", answer: openSocket }],
  ["/typelets/demo/token", { method: "POST", answer: mintToken }],
  ["/typelets/.well-known/jwks.json", { method: "GET", answer: jwks }],
]);
