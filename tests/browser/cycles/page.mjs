// What runs in the page: it counts what is open there, and opens and closes managers.

/** Before everything else: `whatIsOpen()` counts timers, channels, sockets, databases and locks, and tells the engine's memory in bytes. */
export function countWhatIsOpen() {
  const timers = new Set();
  const sockets = new Set();
  const channels = new Set();
  const databases = new Set();
  const memories = new Set();

  for (const [set, clear, isOnce] of [["setTimeout", "clearTimeout", true], ["setInterval", "clearInterval", false]]) {
    const [begin, end] = [globalThis[set], globalThis[clear]];
    globalThis[set] = (run, ...rest) => {
      const id = begin((...given) => {
        if (isOnce) timers.delete(id);
        run(...given);
      }, ...rest);
      timers.add(id);
      return id;
    };
    globalThis[clear] = (id) => (timers.delete(id), end(id));
  }
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.add(this);
      this.addEventListener("close", () => sockets.delete(this), { once: true });
    }
  };
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(...given) {
      super(...given);
      channels.add(this);
    }
    close() {
      channels.delete(this);
      super.close();
    }
  };
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    request.addEventListener("success", () => databases.add(request.result), { once: true });
    return request;
  };
  const { close } = IDBDatabase.prototype;
  IDBDatabase.prototype.close = function () {
    databases.delete(this);
    close.call(this);
  };
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...given) => {
    const result = await instantiate(...given);
    for (const part of Object.values((result.instance ?? result).exports)) if (part instanceof WebAssembly.Memory) memories.add(part);
    return result;
  };

  globalThis.whatIsOpen = async () => {
    const { held, pending } = await navigator.locks.query();
    return {
      timers: timers.size, channels: channels.size, sockets: sockets.size, databases: databases.size, locks: held.length + pending.length,
      wasm: [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
    };
  };
}

/** Opens, uses and closes `count` managers, one after the other: each tenth once it is live, the others while they connect; by each of the three ways. */
export async function cycle({ count, given: { key, token, ...given } }) {
  const { RealtimeSyncManager, bitmarks, glint, typelets } = sealwire;
  const options = () => {
    if (key) return bitmarks({ ...given, key: new Uint8Array(32).fill(key) });
    return token ? typelets({ ...given, getToken: () => token }) : glint(given);
  };
  for (let round = 0; round < count; round += 1) {
    const sync = await RealtimeSyncManager.open(options());
    sync.on("change", () => {});
    sync.on("status", () => {});
    const isLive = new Promise((resolve) => sync.on("status", ({ state }) => state === "live" && resolve()));
    sync.connect();
    if (round % 10 === 0) await isLive;
    if (round % 3 === 0) sync.close();
    else if (round % 3 === 1) sync.free();
    else sync[Symbol.dispose ?? Symbol.for("Symbol.dispose")]();
  }
}
