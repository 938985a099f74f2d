// A stream of server-sent events, which tells of itself in the words of `SocketEvent`.

import { guard } from "../../guard.js";
import { frameOf } from "../../socket.js";

export class Stream {
  #source;
  #held;

  /** Opens it. It never comes back by itself: whether and when to open another one, the engine decides. */
  constructor(url, maxFrame, tell) {
    const end = () => {
      this.close();
      tell({ event: "closed", code: 1006, reason: "" }); // There is nothing that tells why.
    };
    try {
      this.#source = new EventSource(url, { withCredentials: true });
    } catch {
      // The browser refuses the URL, or has no such streams, as in service workers.
      queueMicrotask(end);
      return;
    }
    this.#source.onopen = () => tell({ event: "opened" });
    this.#source.onmessage = ({ data }) => tell(frameOf(data, maxFrame));
    this.#source.onerror = end;
    this.#held = guard.hold(this.#source, "close");
  }

  close() {
    guard.release(this.#held);
    this.#source?.close();
  }
}
