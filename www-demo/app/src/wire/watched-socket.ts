import { conditionsOf, LOST_FRAME, onConditionsChange, OVERTAKEN_MS, SLOW_MS } from "./conditions";
import { Lane, Turn } from "./lane";
import { parsed, record, typeOf, type Fate } from "./record";

const Inner = window.WebSocket;
const ABNORMAL_CLOSURE = 1006;
/** What brings a change. */
const CHANGES = /^sync$|_sync$|^todo:/;
const lost = new Turn(LOST_FRAME);

/** A WebSocket whose frames are recorded, and meet what the network's conditions make of them. */
export class WatchedSocket extends EventTarget {
  static readonly CONNECTING = Inner.CONNECTING;
  static readonly OPEN = Inner.OPEN;
  static readonly CLOSING = Inner.CLOSING;
  static readonly CLOSED = Inner.CLOSED;

  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;

  readonly #inner: WebSocket;
  readonly #up = new Lane();
  readonly #down = new Lane();
  readonly #overtaken = new Turn(2);
  #held: { data: unknown; timer: ReturnType<typeof setTimeout> } | null = null;
  #ended = false;
  readonly #forget: () => void;

  constructor(url: string | URL, protocols?: string | string[]) {
    super();
    this.#inner = new Inner(url, protocols);
    this.#inner.onopen = () => this.#down.pass(delay(), () => this.#tell(new Event("open")));
    this.#inner.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data);
    this.#inner.onclose = ({ code, reason, wasClean }) => {
      this.#release();
      this.#down.pass(0, () => this.#end({ code, reason, wasClean }));
    };
    // What was bad before must not leave its traces when it is good again.
    this.#forget = onConditionsChange(() => conditionsOf().reordering || this.#release());
  }

  get url() {
    return this.#inner.url;
  }

  get protocol() {
    return this.#inner.protocol;
  }

  get extensions() {
    return this.#inner.extensions;
  }

  get bufferedAmount() {
    return this.#inner.bufferedAmount;
  }

  get readyState() {
    return this.#ended ? Inner.CLOSED : this.#inner.readyState;
  }

  get binaryType() {
    return this.#inner.binaryType;
  }

  set binaryType(type: BinaryType) {
    this.#inner.binaryType = type;
  }

  send(data: string | ArrayBuffer | Blob | ArrayBufferView<ArrayBuffer>): void {
    if (this.readyState !== Inner.OPEN) return this.#inner.send(data);
    if (conditionsOf().lossy && lost.comes()) return this.#lose("up", data);
    note("up", data, delay() > 0 ? "late" : "arrived");
    this.#up.pass(delay(), () => this.#inner.readyState === Inner.OPEN && this.#inner.send(data));
  }

  close(code?: number, reason?: string): void {
    this.#inner.close(code, reason);
  }

  #receive(data: unknown): void {
    const { lossy, reordering } = conditionsOf();
    if (lossy && lost.comes()) return this.#lose("down", data);
    if (reordering && this.#held === null && CHANGES.test(typeOf(parsed(String(data)))) && this.#overtaken.comes()) {
      this.#held = { data, timer: setTimeout(() => this.#release(), OVERTAKEN_MS) };
      return;
    }
    this.#deliver(data, delay() > 0 ? "late" : "arrived");
    this.#release();
  }

  /** Lets through what was held back. */
  #release(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = null;
    clearTimeout(held.timer);
    this.#deliver(held.data, "overtaken");
  }

  #deliver(data: unknown, fate: Fate): void {
    this.#down.pass(delay(), () => {
      if (this.#ended) return;
      note("down", data, fate);
      this.#tell(new MessageEvent("message", { data, origin: new URL(this.url).origin }));
    });
  }

  /** A frame is lost as networks lose it: with all that is under way, and the connection. */
  #lose(direction: "up" | "down", data: unknown): void {
    note(direction, data, "lost");
    for (const lane of [this.#up, this.#down]) lane.close();
    Object.assign(this.#inner, { onopen: null, onmessage: null, onclose: null });
    this.#inner.close();
    // Not within `send`, whose caller does not expect it.
    queueMicrotask(() => this.#end({ code: ABNORMAL_CLOSURE, reason: "", wasClean: false }));
  }

  #end(how: { code: number; reason: string; wasClean: boolean }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#forget();
    if (this.#held) clearTimeout(this.#held.timer);
    this.#held = null;
    for (const lane of [this.#up, this.#down]) lane.close();
    if (!how.wasClean) this.#tell(new Event("error"));
    this.#tell(new CloseEvent("close", how));
  }

  #tell(event: Event): void {
    const handler = this[`on${event.type}` as "onopen"];
    handler?.call(this, event);
    this.dispatchEvent(event);
  }
}

const delay = () => (conditionsOf().slow ? SLOW_MS : 0);

function note(direction: "up" | "down", data: unknown, fate: Fate): void {
  record(direction, typeof data === "string" ? null : "binary frame", typeof data === "string" ? data : "", fate);
}
