/** The connection in the words of Typelets' own client. */

import { useEffect, useMemo, useRef, useState } from "react";
import type { AnyStatus, ConnectionWord, WebSocketOptions, WebSocketView } from "../react.d.ts";
import type { RealtimeSyncManager } from "../typelets.d.ts";
import { CALLBACKS } from "../typelets/callbacks.ts";
import { useStatus, useSync } from "./hooks.ts";
import { NO_ROWS } from "./store.ts";

type Callback = keyof typeof CALLBACKS;

const WORDS: Record<AnyStatus["state"], ConnectionWord> = {
  idle: "disconnected",
  connecting: "connecting",
  catching_up: "authenticated",
  live: "authenticated",
  polling: "authenticated",
  following: "connected",
  reconnecting: "reconnecting",
  failed: "error",
  stopped: "error",
};

export const connectionWord = ({ state }: AnyStatus): ConnectionWord => WORDS[state];

export function useWebSocket(options: WebSocketOptions = {}): WebSocketView {
  const sync = useSync<RealtimeSyncManager>();
  const status = useStatus();
  const [error, setError] = useState<string | null>(null);
  const [, setJoined] = useState<readonly string[]>(NO_ROWS); // The manager has them, and tells nobody.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  /** Also of a manager that is not there yet. */
  const [isWanted, want] = useState(options.autoConnect ?? true);

  useEffect(() => {
    if (!sync) return;
    const ends = Object.entries(CALLBACKS).map(([name, event]) =>
      sync.on(event, (told) => {
        if ("fault" in told) setError(told.message);
        (latest.current[name as Callback] as ((told: unknown) => void) | undefined)?.(told);
      }),
    );
    if (isWanted) sync.connect();
    return () => {
      for (const end of ends) end();
      setError(null);
    };
  }, [sync, isWanted]);

  const { account } = status;
  useEffect(() => {
    if (account === "verified" && sync) latest.current.onAuthenticated?.(sync.userId);
  }, [sync, account]);

  const calls = useMemo(() => {
    const none = async (): Promise<never> => {
      throw new Error("no manager");
    };
    return {
      joinNote: (id: string) => (sync?.joinNote(id), setJoined(sync?.joinedNotes ?? NO_ROWS)),
      leaveNote: (id: string) => (sync?.leaveNote(id), setJoined(sync?.joinedNotes ?? NO_ROWS)),
      sendNoteUpdate: (...given) => sync?.sendNoteUpdate(...given) ?? none(),
      sendNoteCreated: (...given) => sync?.sendNoteCreated(...given) ?? none(),
      sendNoteDeleted: (...given) => sync?.sendNoteDeleted(...given) ?? none(),
      connect: () => (want(true), sync?.connect()),
      disconnect: () => (want(false), sync?.disconnect()),
      reconnect: () => sync?.reconnect(),
      clearError: () => setError(null),
    } satisfies Partial<WebSocketView>;
  }, [sync]);

  const word = connectionWord(status);
  return {
    status: word,
    reason: status.reason,
    isConnected: word === "connected" || word === "authenticated",
    isAuthenticated: word === "authenticated",
    error,
    reconnectAttempts: status.attempts,
    lastSync: status.lastSync,
    joinedNotes: sync?.joinedNotes ?? NO_ROWS,
    ...calls,
  };
}
