// A WebSocket, which tells of itself in the words of `SocketEvent`.

import { log, sketch, withoutQuery } from "./debug.js";
import { guard } from "./guard.js";

const NORMAL_CLOSURE = 1000;
const ABNORMAL_CLOSURE = 1006;

export class Socket {
  #socket;
  #held;

  /** Dials. A frame is told as its text, all else as an object: see `event_of`. */
  constructor(url, maxFrame, tell) {
    log("socket", () => ["dial", withoutQuery(url)]);
    try {
      this.#socket = new WebSocket(url);
    } catch {
      // The browser refuses the URL itself.
      queueMicrotask(() => tell({ event: "closed", code: ABNORMAL_CLOSURE, reason: "" }));
      return;
    }
    // A binary frame is refused, and an ArrayBuffer costs less to refuse than a Blob.
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => tell({ event: "opened" });
    this.#socket.onmessage = ({ data }) => {
      log("socket", () => ["<", ...sketch(data)]);
      tell(frameOf(data, maxFrame));
    };
    this.#socket.onclose = ({ code, reason }) => {
      log("socket", () => ["closed", code]);
      tell({ event: "closed", code, reason });
    };
    this.#held = guard.hold(this.#socket, "close", NORMAL_CLOSURE);
  }

  /** Sends a text frame. While the socket closes it goes nowhere, and `closed` tells. */
  send(text) {
    log("socket", () => [">", ...sketch(text)]);
    try {
      this.#socket?.send(text);
    } catch {
      // It is not open yet, which is told as well.
    }
  }

  /** How many bytes wait to be sent. */
  get buffered() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  close() {
    guard.release(this.#held);
    if (!this.#socket) return;
    // It may take minutes to end, where nobody answers.
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(NORMAL_CLOSURE);
  }
}

/** What is told of a message. */
export function frameOf(data, maxFrame) {
  if (typeof data !== "string") return { event: "unreadable" };
  // In UTF-8 a text has at least as many bytes as it has UTF-16 units, so most of what is too large need not be copied.
  return data.length > maxFrame ? { event: "too_large" } : data;
}
