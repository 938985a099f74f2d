// HTTP requests with the session's cookie.

/** Largest body that is read, in bytes, where the server says how large it is. */
export const MAX_BODY = 64 * 2 ** 20;

/** Makes a request, which is given up after a time, its body included. Resolves to status and body, else rejects. */
export async function request(url, json, limitMs) {
  const response = await fetch(url, optionsOf(json, AbortSignal.timeout(limitMs)));
  if (Number(response.headers.get("content-length")) > MAX_BODY) {
    await response.body.cancel();
    throw new RangeError("the body is too large");
  }
  return { status: response.status, retryAfter: retryAfterOf(response), body: await response.text() };
}

/** For how many milliseconds the server asks to be left alone, in seconds or by a date; no number where it does not, or the page may not read it. */
export function retryAfterOf({ headers }) {
  const value = headers.get("retry-after");
  return value >= 0 ? value * 1000 : Date.parse(value) - Date.now();
}

/** Options of `fetch`: a POST where there is something to send. */
export function optionsOf(json, signal) {
  const post = json !== undefined && { method: "POST", headers: { "content-type": "application/json" }, body: json };
  return { credentials: "include", cache: "no-store", signal, ...post };
}
