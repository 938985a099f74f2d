import type { AnyDiagnostics } from "./diagnosable";
import type { WireEntry } from "../wire/record";

/** The name of what two pages of this demo say to each other. */
export const PROTOCOL = "sealwire-demo";

export interface Unlocked {
  userId: string;
  password: string;
}

/** From a device to the page around it, the desk. */
export type FromDevice =
  | { type: "ready" }
  | { type: "wire"; entries: readonly WireEntry[] }
  | { type: "diagnostics"; diagnostics: AnyDiagnostics | null }
  | ({ type: "unlocked" } & Unlocked);

/** From the desk to a device. It may carry keys: it goes from page to page, and never over a network. */
export type FromDesk =
  | { type: "join"; fragment: string; code: string }
  | { type: "list"; team: string; name: string }
  | ({ type: "unlock" } & Unlocked)
  | { type: "reconnect" };

/** The message of an event, where it is from that window, of this origin. */
export function heard<Message>({ origin, source, data }: MessageEvent, from: MessageEventSource | null): Message | null {
  if (origin !== window.location.origin || source !== from || typeof data !== "object" || data === null) return null;
  return ((data as Record<string, unknown>)[PROTOCOL] as Message | undefined) ?? null;
}
