import { beforeNextFrame } from "../frame";
import { DEVICE, type DeviceName } from "../device";
import { anatomyOf, bytesOf, type Anatomy } from "./anatomy";

/** One frame, request or answer. */
export interface WireEntry {
  /** Of all devices of this page; grows with time on each. */
  id: string;
  device: DeviceName;
  at: number;
  /** `up`: to the server. */
  direction: "up" | "down";
  /** A frame's type, or method and path of a request, or the status of its answer. */
  what: string;
  bytes: number;
  /** `null` of what is too large to be taken apart here, and of what has no content. */
  anatomy: Anatomy | null;
  fate: Fate;
}

/** What the network has made of it. */
export type Fate = "arrived" | "lost" | "late" | "overtaken";

/** How many are kept. */
export const MOST_ENTRIES = 200;
const MOST_PARSED = 512 * 1024;

let entries: readonly WireEntry[] = [];
let coming: WireEntry[] = [];
let lastId = 0;
const listeners = new Set<(news: readonly WireEntry[]) => void>();

export function record(direction: WireEntry["direction"], what: string | null, text: string, fate: Fate): void {
  const value = text.length > MOST_PARSED ? undefined : parsed(text);
  const entry: WireEntry = {
    id: `${DEVICE}${++lastId}`,
    device: DEVICE,
    at: Date.now(),
    direction,
    what: what ?? typeOf(value),
    bytes: bytesOf(text),
    anatomy: value === undefined ? null : anatomyOf(value),
    fate,
  };
  if (coming.push(entry) > MOST_ENTRIES) coming.shift();
  if (coming.length === 1) beforeNextFrame(tell);
}

/** The last ones, the newest at the end; the same array until another one came. */
export const recorded = () => entries;

export function clearRecorded(): void {
  entries = [];
  for (const listener of listeners) listener([]);
}

export function onRecord(listener: (news: readonly WireEntry[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The type of a frame. */
export function typeOf(value: unknown): string {
  const { type } = (value ?? {}) as { type?: unknown };
  return typeof type === "string" ? type : "frame";
}

export function parsed(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tell(): void {
  const news = coming;
  coming = [];
  entries = [...entries, ...news].slice(-MOST_ENTRIES);
  for (const listener of listeners) listener(news);
}
