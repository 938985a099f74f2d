// Which tab of a device may send, by a lock of the browser, and hints between tabs.

import { lease } from "./lease.js";

// What is told, as in tabs.rs.
const DEPOSED = 0;
const LEADS = 1;
const HINTED = 2;
const HIDDEN = 3;
const SHOWN = 4;
const FORGOTTEN = 5;
const LIVES = 6;

export class Tabs {
  #name;
  #place;
  #tell;
  // Taken at once: WebKit tells a page that is being left of its lock's end, and there `globalThis` is the next page already. Asked for
  // anew in that one's name, the lock would stay with nobody.
  #locks = globalThis.navigator?.locks;
  #channel;
  /** This tab has the lock. */
  #leads = false;
  /** Ends the present request for the lock, whether it waits or holds it. */
  #end = () => {};
  #onVisibility = () => this.#tell(document.visibilityState === "hidden" ? HIDDEN : SHOWN);
  /** A page may be seen all the time and used now and then. */
  #onFocus = () => this.#tell(HINTED);
  /** WebKit takes the lock from a page in the back-forward cache, and does not tell it. Where another tab has it by now, the epoch tells. */
  #onShown = async ({ persisted }) => {
    if (!persisted || !this.#leads) return;
    const { held } = await this.#locks.query();
    if (!held.some(({ name }) => name === this.#name)) this.#tell(DEPOSED);
  };

  /** `place`: the open database. */
  constructor(name, place, tell) {
    this.#name = name;
    this.#place = place;
    this.#tell = tell;
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = ({ data }) => {
        if (data === HINTED && this.#leads) this.#say(LIVES);
        tell(data === LIVES || data === FORGOTTEN ? data : HINTED);
      };
    }
    if (globalThis.document) {
      addEventListener("focus", this.#onFocus);
      addEventListener("pageshow", this.#onShown);
      document.addEventListener("visibilitychange", this.#onVisibility);
      this.#onVisibility();
    }
  }

  /** Asks to be the tab that sends. `byForce`: in place of one that does not reply; where nobody can reply, that means nothing. */
  elect(byForce) {
    if (byForce && !(this.#locks && this.#channel)) return;
    this.#end();
    if (this.#place.kind) {
      // Each tab has a database of its own, and may send.
      const timer = setTimeout(this.#tell, 0, LEADS);
      this.#end = () => clearTimeout(timer);
    } else if (this.#locks) this.#end = this.#lock(byForce);
    else this.#end = lease(this.#place, (isMine) => this.#tell(isMine ? LEADS : DEPOSED));
  }

  #lock(steal) {
    const request = new AbortController();
    const { signal } = request;
    let hold;
    const held = new Promise((resolve) => (hold = resolve));
    const hasIt = () => {
      if (signal.aborted) return;
      this.#leads = true;
      // Another tab that waits is not to take it for the one before.
      this.#say(LIVES);
      this.#tell(LEADS);
      return held;
    };
    // It rejects where the request was taken back, and where another tab stole the lock.
    this.#locks.request(this.#name, steal ? { steal } : { signal }, hasIt).catch(() => {
      if (signal.aborted) return;
      this.#leads = false;
      this.#tell(DEPOSED);
    });
    return () => {
      this.#leads = false;
      request.abort();
      hold();
    };
  }

  /** Gives way, or takes the request back. */
  resign() {
    this.#end();
  }

  /** Tells the other tabs that the database holds something new. */
  hint() {
    this.#say(HINTED);
  }

  /** Tells them that there is no account any more. */
  tellForgotten() {
    this.#say(FORGOTTEN);
  }

  #say(what) {
    this.#channel?.postMessage(what);
  }

  /** Also after a crash: the lock goes to another tab. */
  close() {
    this.resign();
    this.#channel?.close();
    if (!globalThis.document) return;
    removeEventListener("focus", this.#onFocus);
    removeEventListener("pageshow", this.#onShown);
    document.removeEventListener("visibilitychange", this.#onVisibility);
  }
}
