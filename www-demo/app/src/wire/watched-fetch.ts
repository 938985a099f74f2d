import { conditionsOf, LOST_ANSWER, SLOW_MS } from "./conditions";
import { Turn } from "./lane";
import { record } from "./record";

const inner = window.fetch;
const API = /^\/(api\/v1|api|typelets\/api|typelets)(?=\/)/;
/** What the page itself asks for, before and besides the engine. It is slow, but it is not lost: nobody would try again. */
const OWN = /\/(auth|demo)\/|\/.well-known\//;
const lost = new Turn(LOST_ANSWER);

/** `fetch`, whose requests to the API are recorded, and meet what the network's conditions make of them. */
export async function watchedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input, window.location.href);
  if (!API.test(url.pathname)) return inner.call(window, input, init);

  const path = shown(url.pathname);
  const method = init?.method ?? (input instanceof Request ? input.method : "GET");
  const isSlow = conditionsOf().slow;
  record("up", `${method} ${path}`, typeof init?.body === "string" ? init.body : "", isSlow ? "late" : "arrived");
  if (isSlow) await pause();
  const response = await inner.call(window, input, init).catch((cause: unknown) => {
    record("down", `no answer ${path}`, "", "lost");
    throw cause;
  });
  const mayBeLost = !OWN.test(url.pathname) && conditionsOf().lossy;
  const isLost = mayBeLost && lost.comes();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  const body = isJson && !isLost ? await response.clone().text().catch(() => "") : "";
  if (conditionsOf().slow) await pause();
  record("down", `${response.status} ${path}`, body, isLost ? "lost" : conditionsOf().slow ? "late" : "arrived");
  if (!isLost) return response;
  void response.body?.cancel();
  throw new TypeError("Failed to fetch");
}

const pause = () => new Promise((resolve) => setTimeout(resolve, SLOW_MS));

/** Without what all paths begin with, and without long ids. */
const shown = (path: string) => path.replace(API, "").replaceAll(/[\w-]{20,}/g, "…");

/** A stream of server-sent events, which is recorded. */
export class WatchedStream extends EventSource {
  constructor(url: string | URL, init?: EventSourceInit) {
    super(url, init);
    this.addEventListener("message", ({ data }: MessageEvent<string>) => record("down", null, data, "arrived"));
  }
}
