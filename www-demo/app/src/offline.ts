import { DEVICE, storageKey, type DeviceName } from "./device";

const NAME = "offline";
const listeners = new Set<() => void>();

/** Whether the user has chosen to stay offline; remembered over a reload and the same in all tabs. */
export function isOffline(device: DeviceName = DEVICE): boolean {
  return localStorage.getItem(storageKey(NAME, device)) === "yes";
}

export function setOffline(offline: boolean, device: DeviceName = DEVICE): void {
  if (offline) localStorage.setItem(storageKey(NAME, device), "yes");
  else localStorage.removeItem(storageKey(NAME, device));
  for (const listener of listeners) listener();
}

export function onOfflineChange(listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    if (key === storageKey(NAME, "a") || key === storageKey(NAME, "b")) listener();
  };
  window.addEventListener("storage", onStorage);
  listeners.add(listener);
  return () => {
    window.removeEventListener("storage", onStorage);
    listeners.delete(listener);
  };
}
