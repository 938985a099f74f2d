import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import { recoverKey, SyncError } from "sealwire/keys";
import type { Account } from "../account";
import { troubleText } from "../notices";
import { EntryPage } from "./entry-pages";
import { Trouble } from "./trouble";

const NOT_A_CODE = "This is not a recovery code: it has 24 English words, each spelt as it was shown, in the same order.";

/** For whoever has lost every device, and has what was written down when the account was made. */
export function RecoverPage({ onRecovered, onBack }: { onRecovered: (account: Account) => void; onBack: () => void }) {
  const [userId, setUserId] = useState("");
  const [secret, setSecret] = useState("");
  const [words, setWords] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const troubleId = useId();
  const wordsField = useRef<HTMLTextAreaElement>(null);

  useEffect(() => wordsField.current?.focus(), []);

  function recover(event: FormEvent) {
    event.preventDefault();
    try {
      const key = recoverKey(words);
      if (!userId.trim() || !secret.trim()) return setTrouble("Account and sign-in secret are needed too: the server asks for them.");
      onRecovered({ userId: userId.trim(), secret: secret.trim(), key });
    } catch (cause) {
      const isCode = cause instanceof SyncError && cause.option === "recoveryCode";
      setTrouble(isCode ? NOT_A_CODE : troubleText(cause));
      if (isCode) wordsField.current?.focus();
    }
  }

  const describedBy = trouble ? troubleId : undefined;
  return (
    <EntryPage>
      <h1>Recover with 24 words</h1>
      <form className="entry-form" onSubmit={recover} noValidate>
        <label className="field">
          Recovery code
          <textarea
            ref={wordsField}
            rows={4}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={words}
            aria-invalid={trouble === NOT_A_CODE}
            aria-describedby={describedBy}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <label className="field">
          Account
          <input autoComplete="off" autoCapitalize="none" spellCheck={false} value={userId} aria-describedby={describedBy} onChange={(event) => setUserId(event.target.value)} />
        </label>
        <label className="field">
          Sign-in secret
          <input autoComplete="off" autoCapitalize="none" spellCheck={false} value={secret} aria-describedby={describedBy} onChange={(event) => setSecret(event.target.value)} />
        </label>
        <Trouble id={troubleId}>{trouble}</Trouble>
        <p className="actions">
          <button type="submit" className="button primary large">
            Recover
          </button>
          <button type="button" className="button large" onClick={onBack}>
            Back
          </button>
        </p>
      </form>
    </EntryPage>
  );
}
