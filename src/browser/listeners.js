// The app's listeners.

import { report, syncError } from "./errors.js";
import { guard } from "./guard.js";

export const TOPICS = ["ready", "change", "status", "error", "rejected", "progress"];
const MAX_DETAIL = 200;

/** All listeners of a manager. */
export class Listeners {
  #entries = new Set();
  #noteError;

  /** `noteError` is told the code of an error that is made here. */
  constructor(noteError) {
    this.#noteError = noteError;
  }

  /** Adds a listener; returns the function that takes it away. */
  add(topic, listener) {
    if (!TOPICS.includes(topic) || typeof listener !== "function") {
      const detail = "on(event, listener): `event` must be ready, change, status, error, rejected or progress, and `listener` a function";
      throw syncError("bad_option", { option: "event", detail });
    }
    const entry = { topic, listener, crash: topic === "error" && guard.onCrash(listener, report("engine_crashed")) };
    this.#entries.add(entry);
    return () => this.#remove(entry);
  }

  /** Calls the listeners of a topic. One that throws stops no other, and is reported. */
  tell(topic, argument) {
    const ofTopic = [...this.#entries].filter((entry) => entry.topic === topic);
    const thrown = ofTopic.map(({ listener }) => guard.tell(listener, argument));
    // A listener for errors that throws is not told of its own error.
    if (topic === "error") return;
    for (const words of thrown) {
      if (words === undefined) continue;
      this.#noteError("listener_failed");
      this.tell("error", report("listener_failed", { detail: [...words].slice(0, MAX_DETAIL).join("") }));
    }
  }

  /** Takes all listeners away. */
  clear() {
    for (const entry of this.#entries) this.#remove(entry);
  }

  #remove(entry) {
    this.#entries.delete(entry);
    guard.offCrash(entry.crash);
  }
}
