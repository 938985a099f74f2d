import type { ReactNode } from "react";
import { Seal } from "./icons";

/** The frame of the pages before the list. */
export function EntryPage({ children }: { children: ReactNode }) {
  return (
    <main className="entry">
      <p className="brand">
        <Seal /> Sealwire
      </p>
      {children}
    </main>
  );
}

export function OpeningPage({ what }: { what: "bookmarks" | "todos" | "notes" }) {
  return (
    <EntryPage>
      <p role="status" className="quiet">
        Opening the {what}…
      </p>
    </EntryPage>
  );
}

/** Of the second of two devices side by side, until the first has what is to be shown. */
export function WaitingPage({ what }: { what: string }) {
  return (
    <EntryPage>
      <h1>Device A comes first</h1>
      <p role="status" className="lead">
        {what}
      </p>
    </EntryPage>
  );
}

export function TroublePage({ message, onAgain, onBack }: { message: string; onAgain: (() => void) | null; onBack: (() => void) | null }) {
  return (
    <EntryPage>
      <h1>This did not work</h1>
      <p role="alert" className="lead">
        {message}
      </p>
      <p className="actions">
        {onAgain && (
          <button type="button" className="button primary" onClick={onAgain}>
            Try again
          </button>
        )}
        {onBack && (
          <button type="button" className="button" onClick={onBack}>
            Go on without the link
          </button>
        )}
      </p>
    </EntryPage>
  );
}

/** A link was opened in a browser that has another account. */
export function ChoicePage({ onKeep, onSwitch }: { onKeep: () => void; onSwitch: () => void }) {
  return (
    <EntryPage>
      <h1>This browser has another account</h1>
      <p className="lead">
        The link belongs to a different account than the one in this browser. Switching forgets the present account’s key here:
        without its recovery code, or another device that has it, nobody can read its bookmarks again.
      </p>
      <p className="actions">
        <button type="button" className="button primary" onClick={onKeep}>
          Keep the present account
        </button>
        <button type="button" className="button" onClick={onSwitch}>
          Switch to the link’s account
        </button>
      </p>
    </EntryPage>
  );
}
