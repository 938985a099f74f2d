/**
 * `sealwire/react/status`: how the connection is doing, for people. Apart from `sealwire/react`, so that who draws their own does not load them. They need
 * the styles of `sealwire/react.css`, whose colours are CSS variables: `--sealwire-text`, `-quiet`, `-surface`, `-border`, `-good`, `-busy`, `-bad`, `-focus`
 * and `-font`. Each state has a word and a shape besides its colour.
 *
 * @module sealwire/react/status
 */

import type { ReactNode } from "react";
import type { ConnectionWord } from "./react.d.ts";
import type { ErrorCode } from "./types.d.ts";

/** Props of {@link WebSocketStatus}: those of Typelets' own component, and some more. What is not given is that of the `SyncProvider` above. */
export interface WebSocketStatusProps {
  /** The state of the connection, in one word. */
  status?: ConnectionWord;
  /** Whether the server is reached. */
  isConnected?: boolean;
  /** Whether it has taken the token. */
  isAuthenticated?: boolean;
  /** Failed attempts in a row; shown while it reconnects. */
  reconnectAttempts?: number;
  /** When something came or was confirmed, in milliseconds since 1970; `null`: never. */
  lastSync?: number | null;
  /** The notes that are joined; how many is among the details. */
  joinedNotes?: readonly string[];
  /** The last error, in the app's words; `null`: none. */
  error?: string | null;
  /** The button to reconnect was pressed. */
  onReconnect?: () => void;
  /** The button to clear the error was pressed. */
  onClearError?: () => void;
  /** Whether there is a button that shows the details. Default `true`. */
  showDetails?: boolean;
  /** Why it is not in sync; shown as {@link sentenceOf} it. */
  reason?: ErrorCode | null;
  /** How many changes wait. */
  pending?: number;
}

/** Props of {@link WebSocketStatusCompact}. */
export type WebSocketStatusCompactProps = Pick<WebSocketStatusProps, "status" | "isAuthenticated" | "lastSync" | "onReconnect" | "pending">;

/** How the connection is doing: a line that screen readers are told of, and behind a button the details. Styled by `sealwire/react.css`. */
export declare function WebSocketStatus(props: WebSocketStatusProps): ReactNode;

/** The line alone, with a button to reconnect where that can help. */
export declare function WebSocketStatusCompact(props: WebSocketStatusCompactProps): ReactNode;

/** What a code means for a person, and what they can do: one sentence for each. */
export declare function sentenceOf(code: ErrorCode): string;
