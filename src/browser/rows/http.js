// HTTP requests of all methods, with the session's cookie or a token.

import { answerOf } from "../fetch.js";

/** Makes a request, which is given up after a time, its body included. Resolves to status and body, else rejects. */
export function askServer(method, url, json, token, limitMs) {
  const headers = { ...(json !== undefined && { "content-type": "application/json" }), ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const credentials = token === undefined ? "include" : "omit";
  return answerOf(url, { method, credentials, cache: "no-store", signal: AbortSignal.timeout(limitMs), headers, body: json });
}
