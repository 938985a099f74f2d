import type { Env } from "./env";
import { HttpError } from "./http";

/**
 * Refuses a request that a page of another site made with the user's cookie. A request without `Origin` is refused as well: every
 * browser sends it with an upgrade and with whatever may change something.
 * @throws {HttpError} 403
 */
export function checkOrigin(request: Request, env: Env): void {
  const origin = request.headers.get("Origin");
  if (origin === new URL(request.url).origin || isListed(origin, env)) return;
  throw new HttpError(403, "The Origin is not this server's; use its own pages, or list the origin in ALLOWED_ORIGINS.");
}

/** What lets a page of a listed origin read the answers. */
export function corsHeaders(request: Request, env: Env): Record<string, string> {
  const origin = request.headers.get("Origin");
  if (!isListed(origin, env)) return { Vary: "Origin" };
  return { Vary: "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true" };
}

/** The answer to a preflight; {@link corsHeaders} say whether the origin may. */
export function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET, POST, PATCH, PUT, DELETE",
      "Access-Control-Allow-Headers": "Authorization, Content-Type",
      "Access-Control-Max-Age": "600",
    },
  });
}

function isListed(origin: string | null, env: Env): origin is string {
  return origin !== null && env.ALLOWED_ORIGINS.split(",").some((listed) => listed.trim() === origin);
}
