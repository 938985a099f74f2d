import type { ErrorCode } from "sealwire";
import type { Status } from "sealwire/glint";
import type { Status as NotesStatus } from "sealwire/typelets";

/** What the status of bookmarks, todos and notes have in common; only that of todos may be `polling`, only that of notes `failed`. */
export type ShownStatus = Pick<Status, "reason" | "pending" | "wedged" | "storage" | "lastSync" | "retryAt"> & {
  state: Status["state"] | NotesStatus["state"];
};

const REASONS: Partial<Record<ErrorCode, string>> = {
  dial_failed: "the server could not be reached",
  connection_lost: "the connection was lost",
  no_pong: "the server stopped answering",
  request_failed: "a request to the server failed",
  token_failed: "the server gave no token",
  no_answer: "the server did not answer in time",
  given_up: "the server could not be reached for long",
  needs_auth: "the session with the server has ended",
  wrong_user: "the session belongs to another account",
  refused: "the server refused the connection",
  engine_crashed: "the engine has failed, reload the page",
};

const STORAGE: Record<Status["storage"], string> = {
  indexeddb: "Kept on this device in IndexedDB",
  localstorage: "Kept on this device in localStorage",
  memory: "Kept in this page only: closing it loses what the server does not have",
};

/** The state of the connection and, where there is one, the reason. */
export function stateInWords({ state, reason }: ShownStatus, offline: boolean): string {
  const because = reason ? `: ${REASONS[reason] ?? reason.replaceAll("_", " ")}` : "";
  switch (state) {
    case "idle":
      return offline ? "Offline, as you chose" : "Not connected";
    case "connecting":
      return "Connecting";
    case "catching_up":
      return "Catching up on what was missed";
    case "live":
      return "Live";
    case "polling":
      return "No live push from this server: asked every 15 seconds";
    case "reconnecting":
      return `Not connected${because}. Trying again by itself`;
    case "failed":
      return `Not connected${because}. Trying again when the browser is online or this page is seen again`;
    case "stopped":
      return `Stopped${because}`;
    case "following":
      return "Another tab of this browser is connected; this one follows it";
  }
}

/** Without numbers, so that a live region does not read out each one. */
export function backlogInWords({ state, pending, wedged }: ShownStatus): string {
  if (wedged > 0) return "The server refused a change";
  const connected = state === "live" || state === "polling";
  if (pending > 0) return connected ? "Sending" : "Changes wait on this device";
  return connected ? "Everything is on the server" : "Nothing waits to be sent";
}

export const storageInWords = ({ storage }: ShownStatus) => STORAGE[storage];
