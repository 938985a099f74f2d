/** What components read: a component renders again only when what it read has changed. */

import { useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import type * as Public from "../react.d.ts";
import type { AnyManager, AnyStatus, Pending } from "../react.d.ts";
import type { ErrorCode } from "../types.d.ts";
import { useHeld } from "./provider.tsx";
import { isAlike } from "./sharing.ts";
import { NO_ROWS, storeOf } from "./store.ts";

/** Something to subscribe to, and its value. */
interface Shown<T> {
  subscribe(listener: () => void): () => void;
  get(): T;
}

export const IDLE: AnyStatus = Object.freeze({
  state: "idle", reason: null, pending: 0, inFlight: 0, wedged: 0, oldestPending: null, storage: "memory", account: "unknown", attempts: 0,
  retryAt: null, lastSync: null, lastClose: null,
});

const never = () => () => {};

export const useSync = (() => useHeld().sync) as typeof Public.useSync;

export function useStatus(): AnyStatus {
  return useShown(useStatusSource(), IDLE);
}

export function usePending(): Pending {
  return useSelected(useStatusSource(), pendingOf, NO_PENDING);
}

const pendingOf = ({ pending, inFlight, wedged, oldestPending }: AnyStatus): Pending => ({ pending, inFlight, wedged, oldestPending });
const NO_PENDING = pendingOf(IDLE);

export function useEntities<E>(entityType: string, filter?: (entity: E) => boolean): readonly E[] {
  const select = useCallback((entities: readonly E[]) => (filter ? entities.filter(filter) : entities), [filter]);
  return useSelected(useHeldList<E>(entityType), select, NO_ROWS);
}

/** All entities of a type of the manager above. */
export function useHeldList<E>(entityType: string): Shown<readonly E[]> | null {
  const { sync } = useHeld();
  return (sync && storeOf(sync).list(entityType)) as unknown as Shown<readonly E[]> | null;
}

export function useEntity<E>(entityType: string, entityId: string | null | undefined): E | undefined {
  const { sync } = useHeld();
  const source = sync && entityId != null ? (storeOf(sync).one(entityType, entityId) as Shown<E | undefined>) : null;
  return useShown(source, undefined);
}

/** The value of a source; `nothing` where there is none, and on a server. */
export function useShown<T>(source: Shown<T> | null, nothing: T): T {
  const none = () => nothing;
  return useSyncExternalStore(source?.subscribe ?? never, source?.get ?? none, none);
}

/** What `select` makes of the value; the same object as long as that has the same members. */
export function useSelected<T, R>(source: Shown<T> | null, select: (value: T) => R, nothing: R): R {
  const last = useRef<{ from: T; select: (value: T) => R; value: R } | null>(null);
  const selected = () => {
    if (!source) return nothing;
    const from = source.get();
    if (last.current?.from === from && last.current.select === select) return last.current.value;
    const value = select(from);
    const kept = last.current && isAlike(last.current.value, value) ? last.current.value : value;
    last.current = { from, select, value: kept };
    return kept;
  };
  return useSyncExternalStore(source?.subscribe ?? never, selected, () => nothing);
}

function useStatusSource(): Shown<AnyStatus> | null {
  const { sync, failure } = useHeld();
  return useMemo(() => statusSource(sync, failure), [sync, failure]);
}

/** Of a manager, or of one that could not be opened. */
export function statusSource(sync: AnyManager | null, failure: ErrorCode | null): Shown<AnyStatus> | null {
  if (!sync) {
    const failed: AnyStatus | null = failure && { ...IDLE, state: "stopped", reason: failure };
    return failed && { subscribe: never, get: () => failed };
  }
  const on = sync.on as (event: "status" | "error", listener: () => void) => () => void;
  return {
    subscribe(listener) {
      // A crash is told as an error alone, and ends the manager.
      const ends = (["status", "error"] as const).map((event) => on.call(sync, event, listener));
      return () => ends.forEach((end) => end());
    },
    get: () => sync.status,
  };
}
