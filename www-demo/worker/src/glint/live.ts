import { HttpError } from "../http";
import type { Call } from "./call";

/** `GET …/sets/:set/ws`. Whether there is such a set is not asked: nothing would ever come of one that there is not. */
export function openSocket({ request, set, generation, listeners }: Call): Response {
  if (request.headers.get("Upgrade") !== "websocket") throw new HttpError(426, "Expected WebSocket upgrade");
  return listeners.openSocket(set, generation === "latest" ? { type: "realtime:ready", setId: set } : undefined);
}

/** `HEAD …/sets/:set/ws`: whether live push is available. The first generation has no probe, so that one is told to upgrade. */
export function probeSocket({ generation }: Call): Response {
  return new Response(null, { status: generation === "latest" ? 200 : 426 });
}

/** `GET …/sets/:set/sse` of the latest generation. */
export function openStream({ set, listeners }: Call): Response {
  return listeners.openStream(set);
}
