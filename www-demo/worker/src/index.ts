import { refresh, register, signIn, signOut } from "./auth";
import type { Env } from "./env";
import { answerGlint, isGlint } from "./glint/front";
import { errorResponse, HttpError } from "./http";
import { checkOrigin, corsHeaders, preflight } from "./origin";
import { restart } from "./restart";
import { authenticate, type Session } from "./session";
import { pull, push, realtime, status } from "./sync";
import { answerTypelets, isTypelets } from "./typelets/front";

export { SyncCoordinator } from "./coordinator";
export { TodoSync } from "./glint/todo-sync";
export { TokenIssuer } from "./typelets/issuer";
export { NoteHub } from "./typelets/note-hub";

type Route =
  | { method: "POST"; open: (request: Request, env: Env) => Promise<Response> }
  | { method: "GET" | "POST"; signedIn: (request: Request, env: Env, session: Session) => Promise<Response> };

const ROUTES = new Map<string, Route>([
  ["/api/v1/auth/register", { method: "POST", open: register }],
  ["/api/v1/auth/session", { method: "POST", open: signIn }],
  ["/api/v1/auth/refresh", { method: "POST", signedIn: refresh }],
  ["/api/v1/auth/logout", { method: "POST", signedIn: signOut }],
  ["/api/v1/demo/restart", { method: "POST", signedIn: restart }],
  ["/api/v1/sync/realtime", { method: "GET", signedIn: realtime }],
  ["/api/v1/sync/pull", { method: "POST", signedIn: pull }],
  ["/api/v1/sync/push", { method: "POST", signedIn: push }],
  ["/api/v1/sync/status", { method: "GET", signedIn: status }],
]);

export default {
  async fetch(request, env) {
    const response = request.method === "OPTIONS" ? preflight() : await answer(request, env).catch(errorResponse);
    // The answer to an upgrade carries the socket and is passed on untouched.
    return response.status === 101 ? response : withApiHeaders(response, request, env);
  },
} satisfies ExportedHandler<Env>;

/** Who asks is settled before anything else is told. */
async function answer(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (isGlint(pathname)) return answerGlint(request, env);
  if (isTypelets(pathname)) return answerTypelets(request, env);
  const route = ROUTES.get(pathname);
  if (!route) throw new HttpError(404, "There is no such route; README.md lists them.");
  if ("open" in route) {
    checkMethodAndOrigin(request, env, route.method);
    return route.open(request, env);
  }
  const session = await authenticate(request, env);
  checkMethodAndOrigin(request, env, route.method);
  return route.signedIn(request, env, session);
}

function checkMethodAndOrigin(request: Request, env: Env, method: Route["method"]): void {
  if (request.method !== method) throw new HttpError(405, `Use ${method} here.`, { Allow: method });
  // A GET changes nothing, and a page of another origin cannot read it; the upgrade checks its origin itself.
  if (method === "POST") checkOrigin(request, env);
}

function withApiHeaders(response: Response, request: Request, env: Env): Response {
  const hardened = new Response(response.body, response);
  hardened.headers.set("Cache-Control", "no-store");
  hardened.headers.set("X-Content-Type-Options", "nosniff");
  for (const [name, value] of Object.entries(corsHeaders(request, env))) hardened.headers.set(name, value);
  return hardened;
}
