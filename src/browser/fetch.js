// HTTP requests with the session's cookie.

import { log, withoutQuery } from "./debug.js";

/** Largest body that is read, in bytes, where the server says how large it is. */
const MAX_BODY = 64 * 2 ** 20;

/** Makes a request, which is given up after a time, its body included. Resolves to status and body, else rejects. */
export function request(url, json, limitMs) {
  return answerOf(url, optionsOf(json, AbortSignal.timeout(limitMs)));
}

/** Status and body of a request with these options of `fetch`. */
export async function answerOf(url, options) {
  const { method = "GET" } = options;
  try {
    const response = await fetch(url, options);
    log("http", () => [method, withoutQuery(url), response.status]);
    if (Number(response.headers.get("content-length")) > MAX_BODY) {
      await response.body?.cancel();
      throw new RangeError("the body is too large");
    }
    return { status: response.status, retryAfter: retryAfterOf(response), body: await response.text() };
  } catch (error) {
    log("http", () => [method, withoutQuery(url), error.name]);
    throw error;
  }
}

/** For how many milliseconds the server asks to be left alone, in seconds or by a date; none above 0 where it does not, or the page may not read it. */
function retryAfterOf({ headers }) {
  const value = headers.get("retry-after");
  return value >= 0 ? value * 1000 : Date.parse(value) - Date.now();
}

/** Options of `fetch`: a POST where there is something to send. */
export function optionsOf(json, signal) {
  const post = json !== undefined && { method: "POST", headers: { "content-type": "application/json" }, body: json };
  return { credentials: "include", cache: "no-store", signal, ...post };
}
