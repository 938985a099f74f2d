import { useSyncExternalStore } from "react";
import { IS_BESIDE } from "../device";
import { counted, timeOfDay } from "../format";
import { setOffline } from "../offline";
import { TEST_ID } from "../test-hooks";
import { conditionsOf, onConditionsChange } from "../wire/conditions";
import { useOffline } from "./hooks";
import { backlogInWords, stateInWords, storageInWords, type ShownStatus } from "./status-words";

export function StatusLine({ status, onReconnect }: { status: ShownStatus; onReconnect: () => void }) {
  const offline = useOffline();
  const { state, pending, wedged, lastSync, retryAt } = status;
  const conditions = useSyncExternalStore(onConditionsChange, () => conditionsOf());
  const bad = Object.entries(conditions).flatMap(([name, on]) => (on ? [name] : []));
  const waitsForUser = state === "reconnecting" || state === "failed" || state === "stopped";

  return (
    <section className="status" aria-label="Synchronisation">
      <p className="status-state" data-state={state}>
        <span role="status" data-testid={TEST_ID.status} data-state={state}>
          {stateInWords(status, offline)}. {backlogInWords(status)}.
        </span>
        {waitsForUser && (
          <button type="button" className="link-button" onClick={onReconnect}>
            Try now
          </button>
        )}
      </p>
      <p className="status-details">
        <data value={pending} data-testid={TEST_ID.pendingCount}>
          {pending === 0 ? "No changes waiting" : `${counted(pending, "change")} waiting`}
        </data>
        {bad.length > 0 && <span>Network made {bad.join(", ")}</span>}
        {wedged > 0 && <span>{counted(wedged, "change")} refused</span>}
        <span>{storageInWords(status)}</span>
        {state !== "following" && (
          <span>{lastSync === null ? "Not synced yet since the page was opened" : `Last sync ${timeOfDay(lastSync)}`}</span>
        )}
        {retryAt !== null && <span>Next attempt {timeOfDay(retryAt)}</span>}
      </p>
      {/* Side by side the page around the devices has it, with those of a bad network. */}
      {!IS_BESIDE && (
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={offline}
          data-testid={TEST_ID.offlineSwitch}
          onClick={() => setOffline(!offline)}
        >
          Offline
        </button>
      )}
    </section>
  );
}
