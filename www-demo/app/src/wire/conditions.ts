import { DEVICE, storageKey, type DeviceName } from "../device";

/** What is wrong with a device's way to the server. It is made in the page, so that it is the same for every server and every protocol. */
export interface Conditions {
  slow: boolean;
  lossy: boolean;
  reordering: boolean;
}

export const GOOD: Conditions = { slow: false, lossy: false, reordering: false };

/** How long each frame, request and answer takes when it is slow. */
export const SLOW_MS = 1_200;
/** Of how many frames one is lost, and the connection with it; of how many requests one answer. */
export const LOST_FRAME = 8;
export const LOST_ANSWER = 4;
/** How long a change waits for another one to overtake it. */
export const OVERTAKEN_MS = 800;

const NAME = "conditions";
const listeners = new Set<() => void>();
const read = new Map<DeviceName, { stored: string | null; conditions: Conditions }>();

/** The same object until it changes. */
export function conditionsOf(device: DeviceName = DEVICE): Conditions {
  const stored = localStorage.getItem(storageKey(NAME, device));
  const known = read.get(device);
  if (known?.stored === stored) return known.conditions;
  const conditions = stored === null ? GOOD : { ...GOOD, ...(JSON.parse(stored) as Partial<Conditions>) };
  read.set(device, { stored, conditions });
  return conditions;
}

export function setCondition(name: keyof Conditions, on: boolean, device: DeviceName = DEVICE): void {
  localStorage.setItem(storageKey(NAME, device), JSON.stringify({ ...conditionsOf(device), [name]: on }));
  for (const listener of listeners) listener();
}

/** Calls `listener` when something changed here or in another page, the one beside this one included. */
export function onConditionsChange(listener: () => void): () => void {
  window.addEventListener("storage", listener);
  listeners.add(listener);
  return () => {
    window.removeEventListener("storage", listener);
    listeners.delete(listener);
  };
}
