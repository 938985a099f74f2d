/** How the connection is doing, for people: a line, and a line with details. */

import { useId, useState, type ReactNode } from "react";
import type { AnyStatus, ConnectionWord } from "../react.d.ts";
import type { WebSocketStatusCompactProps, WebSocketStatusProps } from "../react-status.d.ts";
import { connectionWord, useStatus, useSync } from "./index.ts";
import { sentenceOf } from "./sentences.ts";

const LABELS: Record<ConnectionWord, string> = {
  connecting: "Connecting…",
  connected: "Connected",
  authenticated: "Connected",
  reconnecting: "Reconnecting…",
  disconnected: "Offline",
  error: "Not syncing",
};

export function WebSocketStatus(props: WebSocketStatusProps): ReactNode {
  const view = useView(props);
  const { word, isSignedIn, pending, lastSync, attempts, joined, error, reason, onReconnect, onClearError } = view;
  const { showDetails = true } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="sealwire-status" data-status={word} onKeyDown={({ key }) => key === "Escape" && setOpen(false)}>
      <Line {...view} />
      {showDetails && (
        <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
          Details
        </button>
      )}
      {showDetails && (
        <div id={id} className="sealwire-details" hidden={!isOpen}>
          <dl>
            <Fact name="Connection">{LABELS[word]}</Fact>
            <Fact name="Signed in">{isSignedIn ? "Yes" : "No"}</Fact>
            <Fact name="Waiting to be sent">{pending}</Fact>
            <Fact name="Last sync">{lastSync === null ? "Not yet" : <Time at={lastSync} />}</Fact>
            {attempts > 0 && <Fact name="Attempts">{attempts}</Fact>}
            {joined.length > 0 && <Fact name="Live notes">{joined.length}</Fact>}
          </dl>
          {(error ?? reason) && <p role="alert">{error ?? sentenceOf(reason!)}</p>}
          <p>
            <button type="button" onClick={onReconnect}>
              Reconnect
            </button>
            {error && onClearError && (
              <button type="button" onClick={onClearError}>
                Clear
              </button>
            )}
          </p>
        </div>
      )}
    </div>
  );
}

export function WebSocketStatusCompact(props: WebSocketStatusCompactProps): ReactNode {
  const view = useView(props);
  return (
    <span className="sealwire-status" data-status={view.word}>
      <Line {...view} />
      {(view.word === "disconnected" || view.word === "error" || view.word === "reconnecting") && (
        <button type="button" onClick={view.onReconnect}>
          Reconnect
        </button>
      )}
    </span>
  );
}

/** Said by words and not by colour alone. A change of the state is told to who cannot see it; the counts, which change with each save, are not. */
function Line({ word, pending, lastSync }: View): ReactNode {
  return (
    <>
      <i aria-hidden="true" />
      <span role="status">{LABELS[word]}</span>
      {pending > 0 ? <small>{pending} to be sent</small> : lastSync !== null && <small>synced <Time at={lastSync} /></small>}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Time({ at }: { at: number }): ReactNode {
  const date = new Date(at);
  return <time dateTime={date.toISOString()}>{date.toLocaleTimeString()}</time>;
}

interface View {
  word: ConnectionWord;
  isSignedIn: boolean;
  reason: AnyStatus["reason"];
  pending: number;
  lastSync: number | null;
  attempts: number;
  joined: readonly string[];
  error: string | null;
  onReconnect: () => void;
  onClearError: (() => void) | undefined;
}

/** What is given, and for the rest what the manager of the `SyncProvider` tells. */
function useView(props: WebSocketStatusProps): View {
  const sync = useSync();
  const own = useStatus();
  const word = props.status ?? connectionWord(own);
  return {
    word,
    isSignedIn: props.isAuthenticated ?? word === "authenticated",
    reason: props.reason === undefined ? own.reason : props.reason,
    pending: props.pending ?? own.pending,
    lastSync: props.lastSync === undefined ? own.lastSync : props.lastSync,
    attempts: props.reconnectAttempts ?? own.attempts,
    joined: props.joinedNotes ?? [],
    error: props.error ?? null,
    onReconnect: props.onReconnect ?? (() => sync?.reconnect()),
    onClearError: props.onClearError,
  };
}
