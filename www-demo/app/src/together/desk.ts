import { loadAccount, sameAccount } from "../account";
import type { DeviceName } from "../device";
import { joinLink } from "../join-link";
import { setOffline } from "../offline";
import { loadProfile } from "../todos/profile";
import { MOST_ENTRIES, type WireEntry } from "../wire/record";
import type { AnyDiagnostics } from "./diagnosable";
import { heard, PROTOCOL, type FromDesk, type FromDevice, type Unlocked } from "./messages";

export interface DeskView {
  readonly entries: readonly WireEntry[];
  readonly diagnostics: Readonly<Record<DeviceName, AnyDiagnostics | null>>;
}

/**
 * The page around two devices. Hands on from the first to the second what a person would carry: the account by link and code, the list's link, and the
 * password of the notes. All of it goes from page to page on this machine.
 */
export class Desk {
  readonly #frames = new Map<DeviceName, HTMLIFrameElement>();
  readonly #listeners = new Set<() => void>();
  #view: DeskView = { entries: [], diagnostics: { a: null, b: null } };
  #unlocked: Unlocked | null = null;

  /** Listens to its devices, until the returned function is called. */
  open(): () => void {
    const onMessage = (event: MessageEvent) => {
      for (const [device, frame] of this.#frames) {
        const message = heard<FromDevice>(event, frame.contentWindow);
        if (message) this.#hear(device, message);
      }
    };
    const onStorage = () => void this.#handOn();
    window.addEventListener("message", onMessage);
    window.addEventListener("storage", onStorage);
    return () => {
      window.removeEventListener("message", onMessage);
      window.removeEventListener("storage", onStorage);
    };
  }

  place(device: DeviceName, frame: HTMLIFrameElement | null): void {
    if (frame) this.#frames.set(device, frame);
    else this.#frames.delete(device);
  }

  /** Shows a place on both devices. */
  show(fragment: string): void {
    for (const { contentWindow } of this.#frames.values()) {
      if (contentWindow && !contentWindow.location.hash.startsWith(fragment)) contentWindow.location.hash = fragment;
    }
  }

  /** Connects a device anew, also one that was to stay offline. */
  reconnect(device: DeviceName): void {
    setOffline(false, device);
    this.#tell(device, { type: "reconnect" });
  }

  clear(): void {
    this.#set({ entries: [] });
  }

  // Bound, because React calls them without the object.
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): DeskView => this.#view;

  #hear(device: DeviceName, message: FromDevice): void {
    switch (message.type) {
      case "ready":
        if (device === "b") void this.#handOn();
        return;
      case "wire":
        // Both tell in heaps, so that one heap may be older than what the other has told before.
        return this.#set({ entries: [...this.#view.entries, ...message.entries].sort((one, other) => one.at - other.at).slice(-MOST_ENTRIES) });
      case "diagnostics":
        return this.#set({ diagnostics: { ...this.#view.diagnostics, [device]: message.diagnostics } });
      case "unlocked":
        if (device === "a") this.#unlocked = { userId: message.userId, password: message.password };
        void this.#handOn();
    }
  }

  async #handOn(): Promise<void> {
    const [first, second] = [loadAccount("a"), loadAccount("b")];
    if (!first) return;
    if (!second || !sameAccount(first, second)) {
      const { link, code } = await joinLink(first);
      return this.#tell("b", { type: "join", fragment: new URL(link).hash, code });
    }
    const { teams: [team] = [], name = "" } = loadProfile("a") ?? {};
    if (team) this.#tell("b", { type: "list", team, name });
    if (this.#unlocked) this.#tell("b", { type: "unlock", ...this.#unlocked });
  }

  #tell(device: DeviceName, message: FromDesk): void {
    this.#frames.get(device)?.contentWindow?.postMessage({ [PROTOCOL]: message }, window.location.origin);
  }

  #set(parts: Partial<DeskView>): void {
    this.#view = { ...this.#view, ...parts };
    for (const listener of this.#listeners) listener();
  }
}
