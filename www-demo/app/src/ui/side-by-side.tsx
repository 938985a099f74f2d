import { useEffect, useState, useSyncExternalStore } from "react";
import { connectionWord } from "sealwire/react";
import { WebSocketStatusCompact } from "sealwire/react/status";
import type { DeviceName } from "../device";
import { BOOKMARKS, fragment, NOTES, onFragmentChange, placeBeside, SIDE_BY_SIDE, TODOS, type Place } from "../place";
import { Desk } from "../together/desk";
import type { AnyDiagnostics } from "../together/diagnosable";
import { DiagnosticsPanel } from "./hood/diagnostics-panel";
import { NETWORK, NetworkSwitches } from "./hood/network-switches";
import { RESTART_DOES, RestartButton } from "./hood/restart-button";
import { WireTimeline } from "./hood/wire-timeline";
import { Icon, Seal } from "./icons";
import { PLACES } from "./place-nav";

const DEVICES: readonly { device: DeviceName; is: string }[] = [
  { device: "a", is: "this browser" },
  { device: "b", is: "joined by link and code" },
];
const FRAGMENTS: Record<Place["at"], string> = { bookmarks: BOOKMARKS, todos: TODOS, notes: NOTES };

/** Two devices of one account on one page, and all that goes between them. */
export function SideBySide() {
  const [desk] = useState(() => new Desk());
  const { entries, diagnostics } = useSyncExternalStore(desk.subscribe, desk.getSnapshot);
  const at = placeBeside(useSyncExternalStore(onFragmentChange, fragment));
  const [first] = useState(at);

  useEffect(() => desk.open(), [desk]);
  useEffect(() => {
    document.title = "Sealwire: two devices side by side";
    desk.show(FRAGMENTS[at]);
  }, [desk, at]);

  return (
    <div className="together">
      <header className="header together-header">
        <p className="brand">
          <Seal /> Sealwire
        </p>
        <nav aria-label="Lists" className="together-places">
          {PLACES.map(({ at: place, icon, name }) => (
            <a key={place} className="nav-item" href={`${SIDE_BY_SIDE}=${place}`} aria-current={place === at ? "page" : undefined}>
              <Icon name={icon} />
              <span className="nav-name">{name}</span>
            </a>
          ))}
          <a className="nav-item" href={FRAGMENTS[at]}>
            <Icon name="device" />
            <span className="nav-name">One device</span>
          </a>
        </nav>
      </header>
      <main className="together-main">
        <h1>Two devices, one account, and a server that reads no more than it must</h1>
        <p className="quiet">
          Each is a page of this browser with a database, locks and channels of its own. What makes the second one of yours goes from page to
          page; all else goes by the server.
        </p>
        <div className="together-devices">
          {DEVICES.map(({ device, is }) => (
            <DevicePane key={device} device={device} is={is} first={FRAGMENTS[first]} desk={desk} diagnostics={diagnostics[device]} />
          ))}
        </div>
        <div className="together-below">
          <WireTimeline entries={entries} onClear={() => desk.clear()} both />
          <section className="together-network" aria-labelledby="network-title">
            <h2 id="network-title">A network at its worst</h2>
            <dl className="facts">
              {[...NETWORK, { name: "restart", label: "Restart", does: RESTART_DOES }].map(({ name, label, does }) => (
                <div key={name}>
                  <dt>{label}</dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
            <RestartButton />
          </section>
        </div>
        <div className="together-devices">
          {DEVICES.map(({ device }) => (
            <DiagnosticsPanel
              key={device}
              device={device}
              heading={`Diagnostics of device ${device.toUpperCase()}`}
              diagnostics={diagnostics[device]}
            />
          ))}
        </div>
      </main>
    </div>
  );
}

interface PaneProps {
  device: DeviceName;
  is: string;
  /** What it shows at first. */
  first: string;
  desk: Desk;
  diagnostics: AnyDiagnostics | null;
}

function DevicePane({ device, is, first, desk, diagnostics }: PaneProps) {
  const name = `Device ${device.toUpperCase()}`;
  const status = diagnostics?.status;
  return (
    <section className="pane" aria-labelledby={`pane-${device}`} data-device={device}>
      <header className="pane-header">
        <h2 id={`pane-${device}`}>
          <span className="device-sign">{device.toUpperCase()}</span> {name} <span className="quiet">{is}</span>
        </h2>
        {status && (
          <WebSocketStatusCompact
            status={connectionWord(status)}
            isAuthenticated={status.account === "verified"}
            lastSync={status.lastSync}
            pending={status.pending}
            onReconnect={() => desk.reconnect(device)}
          />
        )}
        <NetworkSwitches device={device} />
      </header>
      <iframe ref={(frame) => desk.place(device, frame)} title={name} src={`${window.location.pathname}?device=${device}${first}`} />
    </section>
  );
}
