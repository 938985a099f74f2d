// Which tab of a device may send, by a lock of the browser, and hints between tabs.

// What is told, as in tabs.rs.
const DEPOSED = 0;
const LEADS = 1;
const HINTED = 2;
const HIDDEN = 3;
const SHOWN = 4;
const FORGOTTEN = 5;

/** A browser without Web Locks: so long after the last turn a tab takes the next one, by the epoch in the database alone. */
const TURN_MS = 10_000;

export class Tabs {
  #name;
  #tell;
  #isShared;
  // Taken at once: WebKit tells a page that is being left of its lock's end, and there `globalThis` is the next page already. Asked for
  // anew in that one's name, the lock would stay with nobody.
  #locks = globalThis.navigator?.locks;
  #channel;
  /** Ends the present request for the lock, whether it waits or holds it. */
  #end;
  #lastTurn = -TURN_MS;
  #onVisibility = () => this.#tell(document.visibilityState === "hidden" ? HIDDEN : SHOWN);

  /** `isShared`: the tabs have one database. Where they do not, each is on its own, and may send. */
  constructor(name, isShared, tell) {
    this.#name = name;
    this.#tell = tell;
    this.#isShared = isShared;
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = ({ data }) => tell(data === FORGOTTEN ? FORGOTTEN : HINTED);
    }
    if (globalThis.document) {
      document.addEventListener("visibilitychange", this.#onVisibility);
      this.#onVisibility();
    }
  }

  /** Asks to be the tab that sends. */
  elect() {
    if (!this.#isShared) return this.#leadAfter(0);
    if (!this.#locks) return this.#leadAfter(Math.max(0, this.#lastTurn + TURN_MS - performance.now()));
    const controller = new AbortController();
    let hold;
    const held = new Promise((resolve) => (hold = resolve));
    let isHeld = false;
    this.#end = () => {
      controller.abort();
      hold();
    };
    const wait = this.#locks.request(this.#name, { signal: controller.signal }, () => {
      isHeld = true;
      this.#tell(LEADS);
      return held;
    });
    // It rejects where the request was taken back, and where another tab stole the lock.
    wait.catch(() => isHeld && this.#tell(DEPOSED));
  }

  #leadAfter(delay) {
    const timer = setTimeout(() => {
      this.#lastTurn = performance.now();
      this.#tell(LEADS);
    }, delay);
    this.#end = () => clearTimeout(timer);
  }

  /** Gives way, or takes the request back. */
  resign() {
    this.#end?.();
    this.#end = undefined;
  }

  /** Tells the other tabs that the database holds something new. */
  hint() {
    this.#channel?.postMessage(HINTED);
  }

  /** Tells them that there is no account any more. */
  tellForgotten() {
    this.#channel?.postMessage(FORGOTTEN);
  }

  /** Also after a crash: the lock goes to another tab. */
  close() {
    this.resign();
    this.#channel?.close();
    globalThis.document?.removeEventListener("visibilitychange", this.#onVisibility);
  }
}
