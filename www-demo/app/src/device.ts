/**
 * The devices that one browser may play: `a` is the browser itself, `b` a second one beside it, of the address `?device=b`. Each has an account, a database,
 * locks and channels of its own, so that they meet at the server alone. Only the session's cookie is the same, as the account is.
 */
export type DeviceName = "a" | "b";

export const DEVICE: DeviceName = new URLSearchParams(window.location.search).get("device") === "b" ? "b" : "a";

/** Whether this page is one of the two side by side. */
export const IS_BESIDE = window.parent !== window;

const OURS = "sealwire-demo";

/** Where a device keeps something in localStorage. */
export function storageKey(name: string, device: DeviceName = DEVICE): string {
  return `${OURS}${device === "b" ? "@b" : ""}.${name}`;
}

const MARK = "device-b/";

/** Keeps device `b` apart from the browser's own. Has to be called before anything opens a database, asks for a lock or a channel. */
export function standApart(): void {
  const { databases } = IDBFactory.prototype;
  // Each sees its own: who wipes an account looks for its databases by name.
  IDBFactory.prototype.databases = async function () {
    const all = await databases.call(this);
    const own = all.filter(({ name = "" }) => name.startsWith(MARK) === (DEVICE === "b"));
    return own.map((database) => ({ ...database, name: database.name?.replace(MARK, "") ?? "" }));
  };
  if (DEVICE === "a") return;

  const { open, deleteDatabase } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (name, version) {
    return open.call(this, MARK + name, version);
  };
  IDBFactory.prototype.deleteDatabase = function (name) {
    return deleteDatabase.call(this, MARK + name);
  };
  // What the SDK marks there; the demo's own items have names of their own.
  for (const method of ["getItem", "setItem", "removeItem"] as const) {
    const inner: (...args: string[]) => unknown = Storage.prototype[method];
    Storage.prototype[method] = function (this: Storage, key: string, ...rest: string[]) {
      return inner.call(this, key.startsWith(OURS) ? key : MARK + key, ...rest);
    } as Storage["getItem"] & Storage["setItem"];
  }
  if ("LockManager" in window) {
    const { request } = LockManager.prototype;
    LockManager.prototype.request = function (this: LockManager, name: string, ...rest: unknown[]) {
      return Reflect.apply(request, this, [MARK + name, ...rest]);
    } as typeof request;
  }
  if ("BroadcastChannel" in window) {
    window.BroadcastChannel = class extends BroadcastChannel {
      constructor(name: string) {
        super(MARK + name);
      }
    };
  }
}
