import type { Peer } from "./coordinator";
import type { Env } from "./env";
import { isPrintableId, readEvent } from "./event";
import { HttpError, readJson } from "./http";
import { DEFAULT_PAGE, MAX_PAGE } from "./limits";
import type { PageQuery } from "./log";
import { checkOrigin } from "./origin";
import type { Refusal } from "./outbound";
import type { Session } from "./session";

/** `GET /sync/realtime`. */
export async function realtime(request: Request, env: Env, session: Session): Promise<Response> {
  if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") {
    throw new HttpError(426, "This is a WebSocket; open it with new WebSocket(url).");
  }
  checkOrigin(request, env);
  const query = new URL(request.url).searchParams;
  if ((query.get("user_id") ?? session.userId) !== session.userId) {
    throw new HttpError(403, "`user_id` is not the session's account; sign in as that user.");
  }
  const deviceId = query.get("device_id") ?? `device_${crypto.randomUUID()}`;
  if (!isPrintableId(deviceId)) throw new HttpError(400, "`device_id` must be 1 to 64 printable ASCII characters.");

  const peer: Peer = { userId: session.userId, deviceId, session: session.tokenHash };
  return session.coordinator.fetch("https://coordinator", {
    headers: { Upgrade: "websocket", "Sealwire-Peer": JSON.stringify(peer) },
  });
}

/** `POST /sync/pull`. */
export async function pull(request: Request, _env: Env, session: Session): Promise<Response> {
  const query = pageQuery(await readJson(request));
  const { changes, next, more } = await session.coordinator.pull(query);
  const cursor = query.by === "seq" ? { next_seq: next } : { last_sync_timestamp: next };
  return Response.json({ changes, ...cursor, has_more: more });
}

/** `POST /sync/push`. Takes what can be taken; 2xx says that this was all. */
export async function push(request: Request, _env: Env, session: Session): Promise<Response> {
  const { changes } = await readJson(request);
  if (!Array.isArray(changes)) throw new HttpError(400, "The body must be {changes: [event, …]}.");

  const now = Date.now();
  const readings = changes.map((change: unknown) => readEvent(change, session.userId, now));
  await session.coordinator.push(readings.flatMap((reading) => ("event" in reading ? [reading.event] : [])));

  const results = readings.map((reading) => ("event" in reading ? taken(reading.event.id) : refused(reading.refusal)));
  const refusals = results.filter((result) => result.status === "refused").length;
  if (refusals === 0) return Response.json({ results });
  return Response.json({ error: `${refusals} of ${results.length} changes were refused; \`results\` says why.`, results }, { status: 400 });
}

/** `GET /sync/status`. What arrives is taken or refused at once and merged by its stamp, so nothing is pending or in conflict. */
export async function status(_request: Request, _env: Env, session: Session): Promise<Response> {
  const { lastSync, bookmarks } = await session.coordinator.status();
  return Response.json({
    user_id: session.userId,
    last_sync: lastSync,
    pending_changes: 0,
    conflict_count: 0,
    total_bookmarks: bookmarks,
  });
}

/** @throws {HttpError} 400 */
function pageQuery(body: Record<string, unknown>): PageQuery {
  const bySeq = "after_seq" in body;
  if (bySeq && "since" in body) throw new HttpError(400, "The query must be by `after_seq` or by `since`, not both.");
  const { after_seq: afterSeq, since = 0, limit = DEFAULT_PAGE } = body;
  const after = bySeq ? afterSeq : since;
  if (!isCount(after)) throw new HttpError(400, "`after_seq` and `since` must be whole numbers of 0 or more.");
  if (!isCount(limit) || limit < 1 || limit > MAX_PAGE) throw new HttpError(400, "`limit` must be a whole number from 1 to 10,000.");
  return { by: bySeq ? "seq" : "arrived_at", after, limit };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function taken(id: string) {
  return { status: "taken" as const, id };
}

function refused(refusal: Refusal) {
  return { status: "refused" as const, ...refusal };
}
