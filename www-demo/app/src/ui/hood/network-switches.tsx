import { useId, useSyncExternalStore } from "react";
import { DEVICE, type DeviceName } from "../../device";
import { isOffline, onOfflineChange, setOffline } from "../../offline";
import { TEST_ID } from "../../test-hooks";
import { conditionsOf, LOST_ANSWER, LOST_FRAME, onConditionsChange, OVERTAKEN_MS, setCondition, SLOW_MS } from "../../wire/conditions";

type Name = "offline" | "slow" | "lossy" | "reordering";

/** What each switch does, in the order of the switches. */
export const NETWORK: readonly { name: Name; label: string; does: string }[] = [
  { name: "offline", label: "Offline", does: "The SDK disconnects. What you change is kept on the device, and sent later." },
  { name: "slow", label: "Slow", does: `Every frame, request and answer is on its way for ${SLOW_MS / 1000} seconds more.` },
  {
    name: "lossy",
    label: "Lossy",
    does: `Of ${LOST_FRAME} frames one is lost, and the connection breaks. Of ${LOST_ANSWER} requests one is carried out, but its answer never comes.`,
  },
  {
    name: "reordering",
    label: "Reordering",
    does: `Every second change that arrives is overtaken by the next one, or comes ${OVERTAKEN_MS / 1000} seconds late.`,
  },
];

/** The switches of a device's network. `explained`: with what each does; else that is said elsewhere on the page. */
export function NetworkSwitches({ device = DEVICE, explained = false }: { device?: DeviceName; explained?: boolean }) {
  const offline = useSyncExternalStore(onOfflineChange, () => isOffline(device));
  const conditions = useSyncExternalStore(onConditionsChange, () => conditionsOf(device));
  const id = useId();
  return (
    <ul className="network" aria-label={explained ? "Network" : `Network of device ${device.toUpperCase()}`} data-explained={explained}>
      {NETWORK.map(({ name, label, does }) => {
        const on = name === "offline" ? offline : conditions[name];
        return (
          <li key={name}>
            <button
              type="button"
              role="switch"
              className="switch"
              aria-checked={on}
              aria-describedby={explained ? `${id}${name}` : undefined}
              title={explained ? undefined : does}
              data-testid={TEST_ID.networkSwitch}
              data-device={device}
              onClick={() => (name === "offline" ? setOffline(!on, device) : setCondition(name, !on, device))}
            >
              {label}
            </button>
            {explained && (
              <p id={`${id}${name}`} className="quiet">
                {does}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}
