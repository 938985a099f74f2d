import { useId, useRef, type ReactNode } from "react";
import type { DeviceName } from "../../device";
import { count, size, timeOfDay } from "../../format";
import { TEST_ID } from "../../test-hooks";
import type { AnyDiagnostics } from "../../together/diagnosable";
import { CopyButton } from "../copy-button";

interface Props {
  device: DeviceName;
  /** `null` while nothing is open there. */
  diagnostics: AnyDiagnostics | null;
  heading: string;
  children?: ReactNode;
}

/** What the SDK says of itself: what a bug report needs, without a key, a token or an id of the account. */
export function DiagnosticsPanel({ device, diagnostics, heading, children }: Props) {
  const text = useRef<HTMLPreElement>(null);
  const id = useId();
  /** Unfolds it, so that it can be copied by hand. */
  function select() {
    if (!text.current) return;
    text.current.closest("details")?.setAttribute("open", "");
    window.getSelection()?.selectAllChildren(text.current);
  }

  const json = diagnostics && JSON.stringify(diagnostics, null, 2);
  return (
    <section className="diagnostics" aria-labelledby={id}>
      <header className="panel-header">
        <h2 id={id}>{heading}</h2>
        <div className="wire-tools">
          <CopyButton label="Copy as JSON" text={json} select={select} />
        </div>
      </header>
      {children}
      {diagnostics && <Facts diagnostics={diagnostics} />}
      {json ? (
        <details>
          <summary>All of it, as JSON</summary>
          <pre ref={text} tabIndex={0} aria-label="Diagnostics as JSON" data-testid={TEST_ID.diagnostics} data-device={device}>
            {json}
          </pre>
        </details>
      ) : (
        <p className="quiet">Nothing is open here yet.</p>
      )}
    </section>
  );
}

function Facts({ diagnostics: { dialect, version, status, counters, errors, server } }: { diagnostics: AnyDiagnostics }) {
  const last = errors.at(-1);
  const facts: Record<string, string> = {
    Dialect: `${dialect ?? "being loaded"}, sealwire ${version}`,
    Server: server ?? "not known yet",
    State: `${status.state}${status.reason ? `: ${status.reason}` : ""}`,
    Waiting: `${count(status.pending)}, in flight ${count(status.inFlight)}, refused ${count(status.wedged)}`,
    Sent: `${count(counters.framesSent)} frames, ${size(counters.bytesSent)}`,
    Received: `${count(counters.framesReceived)} frames, ${size(counters.bytesReceived)}`,
    Requests: count(counters.requests),
    Reconnects: `${count(counters.reconnects)}, sent again ${count(counters.resends)}`,
    Conflicts: count(counters.conflicts),
    "Last error": last ? `${last.code}, ${timeOfDay(last.at)}${last.times > 1 ? `, ${last.times} times` : ""}` : "none",
  };
  return (
    <dl className="facts">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
