const STORAGE_KEY = "sealwire-demo.offline";
const listeners = new Set<() => void>();

/** Whether the user has chosen to stay offline; remembered over a reload and the same in all tabs. */
export function isOffline(): boolean {
  return localStorage.getItem(STORAGE_KEY) === "yes";
}

export function setOffline(offline: boolean): void {
  if (offline) localStorage.setItem(STORAGE_KEY, "yes");
  else localStorage.removeItem(STORAGE_KEY);
  for (const listener of listeners) listener();
}

export function onOfflineChange(listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    if (key === STORAGE_KEY) listener();
  };
  window.addEventListener("storage", onStorage);
  listeners.add(listener);
  return () => {
    window.removeEventListener("storage", onStorage);
    listeners.delete(listener);
  };
}
