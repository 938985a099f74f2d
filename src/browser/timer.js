// The platform's timer.

import { guard } from "./guard.js";

/** Browsers take a longer time for none. */
const LONGEST_MS = 2 ** 31 - 1;

export class Timer {
  #fire;
  #armed;
  #held = guard.hold(this, "disarm");

  constructor(fire) {
    this.#fire = fire;
  }

  arm(afterMs) {
    this.disarm();
    this.#armed = setTimeout(this.#fire, Math.min(afterMs, LONGEST_MS));
  }

  disarm() {
    clearTimeout(this.#armed);
  }

  close() {
    this.disarm();
    guard.release(this.#held);
  }
}
