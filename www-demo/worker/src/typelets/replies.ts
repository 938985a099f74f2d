import type { FaultSwitch } from "./fault-switch";

/** Refuses a request that is not to be carried out. */
export function refuseRequest(request: Request, faults: FaultSwitch): Response | undefined {
  if (!faults.takes(isWrite(request) ? "refuseWrites" : "refuseReads")) return undefined;
  return Response.json({ error: "Service temporarily unavailable. Please try again." }, { status: 503, headers: { "Retry-After": "1" } });
}

/** The answer to what has been carried out, or what the hub's faults make of it. */
export async function reply(request: Request, response: Response, faults: FaultSwitch): Promise<Response> {
  if (isWrite(request) && faults.takes("loseReplies")) {
    // As a gateway says it, not the server: it knows nothing of what became of the request.
    return new Response("<h1>502 Bad Gateway</h1>\n", { status: 502, headers: { "Content-Type": "text/html" } });
  }
  if (isWrite(request) && faults.takes("breakReplies")) return brokenOff(response);
  const { replyAfterMs } = faults.current();
  if (replyAfterMs > 0) await scheduler.wait(replyAfterMs);
  return response;
}

function isWrite(request: Request): boolean {
  return request.method !== "GET";
}

/** The status and half of the body, and then the connection's end. */
async function brokenOff(response: Response): Promise<Response> {
  const whole = new Uint8Array(await response.arrayBuffer());
  const { readable, writable } = new FixedLengthStream(whole.byteLength);
  const writer = writable.getWriter();
  const breaking = writer.write(whole.subarray(0, whole.byteLength / 2)).then(() => writer.abort(new Error("The reply breaks off.")));
  // The reader may have gone first.
  breaking.catch(() => {});
  const broken = new Response(readable, response);
  // Compressed it would have no length of which a part could be missing, and look like an answer that is empty.
  broken.headers.set("Content-Encoding", "identity");
  return broken;
}
