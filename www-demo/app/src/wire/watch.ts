import { watchedFetch, WatchedStream } from "./watched-fetch";
import { WatchedSocket } from "./watched-socket";

/** Puts itself between the page and the network. Has to be called before anything connects. */
export function watchWire(): void {
  window.fetch = watchedFetch;
  window.WebSocket = WatchedSocket as unknown as typeof WebSocket;
  window.EventSource = WatchedStream;
}
