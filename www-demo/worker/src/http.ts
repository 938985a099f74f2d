import { parseObject } from "./json";
import { MAX_FRAME_BYTES } from "./limits";

/** Thrown where a request is refused. */
export class HttpError extends Error {
  /** @param message what is wrong and what to do */
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** The answer to whatever was thrown. What nobody expected is the server's fault, and its details stay here. */
export function errorResponse(thrown: unknown): Response {
  if (thrown instanceof HttpError) return Response.json({ error: thrown.message }, { status: thrown.status, headers: thrown.headers });
  console.error("A request failed.", thrown);
  return Response.json({ error: "The server failed; try again later." }, { status: 503 });
}

/**
 * Reads a body that must be a JSON object of at most `limit` bytes.
 * @throws {HttpError} 413 above the limit; 400 if it is something else
 */
export async function readJson(request: Request, limit = MAX_FRAME_BYTES): Promise<Record<string, unknown>> {
  const text = decodeUtf8(await readBytes(request, limit));
  const body = text === undefined ? undefined : parseObject(text);
  if (!body) throw new HttpError(400, "The body must be a JSON object in UTF-8.");
  return body;
}

/** @throws {HttpError} 413 above the limit, in bytes */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    // What is too much is read all the same, and dropped: a client that is still sending would see a broken connection, not the answer.
    if (length + chunk.byteLength <= limit) bytes.set(chunk, length);
    length += chunk.byteLength;
  }
  if (length > limit) throw new HttpError(413, `The body must not be above ${limit.toLocaleString("en-US")} bytes; send less at a time.`);
  return bytes.subarray(0, length);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}
