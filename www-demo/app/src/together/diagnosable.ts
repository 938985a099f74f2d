import type { AnyManager } from "sealwire/react";

/** What `diagnostics()` of any of the three managers gives. */
export type AnyDiagnostics = Awaited<ReturnType<AnyManager["diagnostics"]>>;

let manager: AnyManager | null = null;
const listeners = new Set<() => void>();

/** The manager whose page is in view. */
export const shownManager = () => manager;

/** Says which manager's page is in view, until the returned function is called. */
export function showManager(shown: AnyManager): () => void {
  manager = shown;
  tell();
  return () => {
    if (manager !== shown) return;
    manager = null;
    tell();
  };
}

export function onShownManager(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
