// HTTP requests of all methods, with the session's cookie or a token.

import { MAX_BODY, retryAfterOf } from "../fetch.js";

/** Makes a request, which is given up after a time, its body included. Resolves to status and body, else rejects. */
export async function askServer(method, url, json, token, limitMs) {
  const headers = { ...(json !== undefined && { "content-type": "application/json" }), ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const credentials = token === undefined ? "include" : "omit";
  const response = await fetch(url, { method, credentials, cache: "no-store", signal: AbortSignal.timeout(limitMs), headers, body: json });
  if (Number(response.headers.get("content-length")) > MAX_BODY) {
    await response.body?.cancel();
    throw new RangeError("the body is too large");
  }
  return { status: response.status, retryAfter: retryAfterOf(response), body: await response.text() };
}
