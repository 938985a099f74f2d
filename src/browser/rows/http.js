// HTTP requests of all methods, with the session's cookie.

import { MAX_BODY } from "../fetch.js";

/** Makes a request, which is given up after a time, its body included. Resolves to status and body, else rejects. */
export async function askServer(method, url, json, limitMs) {
  const content = json !== undefined && { headers: { "content-type": "application/json" }, body: json };
  const signal = AbortSignal.timeout(limitMs);
  const response = await fetch(url, { method, credentials: "include", cache: "no-store", signal, ...content });
  if (Number(response.headers.get("content-length")) > MAX_BODY) {
    await response.body?.cancel();
    throw new RangeError("the body is too large");
  }
  return { status: response.status, body: await response.text() };
}
