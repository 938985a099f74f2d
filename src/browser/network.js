// Whether the browser believes to be online, and whether the page has come back.

export class Network {
  #watching = new AbortController();

  /** At each change, and when the page comes back from the back-forward cache, `tell` gets the event's name. */
  constructor(tell) {
    for (const event of ["online", "offline", "pageshow"]) {
      addEventListener(event, ({ persisted }) => persisted !== false && tell(event), { signal: this.#watching.signal });
    }
  }

  close() {
    this.#watching.abort();
  }
}
