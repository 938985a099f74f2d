import { createContext, use, useEffect, useSyncExternalStore } from "react";
import type { AnyManager } from "sealwire/react";
import type { Notice, Notices } from "../notices";
import { isOffline, onOfflineChange } from "../offline";
import type { Session } from "../session";
import type { Snapshot } from "../store";
import { showManager } from "../together/diagnosable";

export const SessionContext = createContext<Session | null>(null);

/** The account that is open. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession needs a SessionContext above it.");
  return session;
}

/** One part of what the store shows; renders again when this part changed. */
export function useShown<Part extends keyof Snapshot>(part: Part): Snapshot[Part] {
  const { store } = useSession();
  return useSyncExternalStore(store.subscribe, () => store.getSnapshot()[part]);
}

/** Whether the server has refused a change of this entity for good. */
export function useRefused(id: string): boolean {
  return useShown("refused").some(({ entityId }) => entityId === id);
}

export function useNotices(notices: Notices): readonly Notice[] {
  return useSyncExternalStore(notices.subscribe, notices.getSnapshot);
}

export function useOffline(): boolean {
  return useSyncExternalStore(onOfflineChange, isOffline);
}

/** Says that the page in view is of this manager. */
export function useShownManager(manager: AnyManager): void {
  useEffect(() => showManager(manager), [manager]);
}

const narrow = window.matchMedia("(max-width: 56rem)");
const covered = window.matchMedia("(max-width: 72rem)");

/** Whether the page is too narrow for a sidebar; the same limit as in styles/layout.css. */
export const useNarrow = () => useMedia(narrow);

/** Whether a panel takes the place of the list; the same limit as in styles/layout.css. */
export const useCovered = () => useMedia(covered);

function useMedia(media: MediaQueryList): boolean {
  return useSyncExternalStore(
    (listener) => {
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => media.matches,
  );
}
