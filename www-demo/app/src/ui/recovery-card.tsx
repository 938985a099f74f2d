import { useRef, type ReactNode } from "react";
import type { Account } from "../account";
import { TEST_ID } from "../test-hooks";
import { CopyButton } from "./copy-button";

interface Props {
  account: Account;
  recoveryCode: string;
  /** What the words do not open. */
  children?: ReactNode;
  onDevice: () => void;
  onHide: () => void;
}

/** Shown once, to whoever has just made an account: the page keeps no recovery code. */
export function RecoveryCard({ account, recoveryCode, children, onDevice, onHide }: Props) {
  const sheet = useRef<HTMLDivElement>(null);
  const text = `Account: ${account.userId}\nSign-in secret: ${account.secret}\nRecovery code: ${recoveryCode}\n`;

  return (
    <section className="card" aria-labelledby="recovery-title">
      <h2 id="recovery-title">Write down your recovery code</h2>
      <p>
        These 24 words are the key. They are shown this once; with them you can read your bookmarks again when every device is
        lost, and so can anybody who sees them.
        {children}
      </p>
      <div ref={sheet} className="recovery-sheet">
        <ol className="recovery-code" aria-label="Recovery code" data-testid={TEST_ID.recoveryCode}>
          {recoveryCode.split(" ").map((word, index) => (
            <li key={index}>{word}</li>
          ))}
        </ol>
        <dl className="sign-in">
          <dt>Account</dt>
          <dd>{account.userId}</dd>
          <dt>Sign-in secret</dt>
          <dd>{account.secret}</dd>
        </dl>
      </div>
      <p className="quiet">
        The server made account and secret for this demo’s sign-in, so recovery asks for them too. A real app has a sign-in of its
        own, and there the words suffice.
      </p>
      <div className="actions">
        <CopyButton label="Copy all three" text={text} select={() => sheet.current && getSelection()?.selectAllChildren(sheet.current)} primary />
        <button type="button" className="button" onClick={onDevice}>
          Add a second device
        </button>
        <button type="button" className="button" onClick={onHide}>
          I have written it down
        </button>
      </div>
    </section>
  );
}
