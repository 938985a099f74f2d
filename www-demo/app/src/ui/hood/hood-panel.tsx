import { useEffect, useId, useState, useSyncExternalStore } from "react";
import { SyncProvider, type AnyManager } from "sealwire/react";
import { WebSocketStatus } from "sealwire/react/status";
import { DEVICE } from "../../device";
import { setOffline } from "../../offline";
import { clearRecorded, onRecord, recorded } from "../../wire/record";
import { PanelHeader } from "../panel-header";
import { DiagnosticsPanel } from "./diagnostics-panel";
import { NetworkSwitches } from "./network-switches";
import { RESTART_DOES, RestartButton } from "./restart-button";
import { WireTimeline } from "./wire-timeline";

const READ_EVERY_MS = 1_000;

/** What a user does not need, and who chooses a library wants to see: a bad network at will, the wire, and what the SDK says of itself. */
export function HoodPanel({ manager, onClose }: { manager: AnyManager; onClose: () => void }) {
  const entries = useSyncExternalStore(onRecord, recorded);
  const diagnostics = useDiagnostics(manager);
  const reconnect = () => {
    setOffline(false);
    manager.reconnect();
  };
  const [id, networkId] = [useId(), useId()];
  return (
    <section className="server-panel hood" aria-labelledby={id}>
      <PanelHeader id={id} title="Under the hood" close="Close the panel" onClose={onClose} />
      <section aria-labelledby={networkId}>
        <h2 id={networkId}>Network</h2>
        <NetworkSwitches explained />
        <RestartButton />
        <p className="quiet">{RESTART_DOES}</p>
      </section>
      <WireTimeline entries={entries} onClear={clearRecorded} />
      <DiagnosticsPanel device={DEVICE} heading="Diagnostics" diagnostics={diagnostics}>
        <SyncProvider sync={manager}>
          <WebSocketStatus onReconnect={reconnect} />
        </SyncProvider>
      </DiagnosticsPanel>
    </section>
  );
}

function useDiagnostics(manager: AnyManager) {
  const [diagnostics, setDiagnostics] = useState(() => manager.diagnostics());
  useEffect(() => {
    const timer = setInterval(() => setDiagnostics(manager.diagnostics()), READ_EVERY_MS);
    return () => clearInterval(timer);
  }, [manager]);
  return diagnostics;
}
