// Whether the browser believes to be online.

export class Network {
  #watching = new AbortController();

  /** At each change `tell` gets the event's name. */
  constructor(tell) {
    for (const event of ["online", "offline"]) {
      addEventListener(event, () => tell(event), { signal: this.#watching.signal });
    }
  }

  close() {
    this.#watching.abort();
  }
}
