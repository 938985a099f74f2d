import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import type { Account } from "../account";
import { damageOf, readJoinLink } from "../join-link";
import { troubleText } from "../notices";
import { EntryPage } from "./entry-pages";
import { Trouble } from "./trouble";

interface Props {
  fragment: string;
  onJoined: (account: Account) => void;
  onDamaged: (message: string) => void;
  onBack: () => void;
}

/** Where a link from another device leads: asks for the code that opens it. */
export function JoinPage({ fragment, onJoined, onDamaged, onBack }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState("");
  const [working, setWorking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [hintId, troubleId] = [useId(), useId()];

  useEffect(() => {
    field.current?.focus();
    // Nobody shall type a code for a link that no code can open.
    damageOf(fragment).then(
      (damage) => damage !== null && onDamaged(damage),
      (cause) => setTrouble(troubleText(cause)),
    );
    // Once: `onDamaged` is another function at each render.
  }, [fragment]);

  async function join(event: FormEvent) {
    event.preventDefault();
    setWorking(true);
    setTrouble(null);
    try {
      const answer = await readJoinLink(fragment, code);
      if ("account" in answer) return onJoined(answer.account);
      if ("damage" in answer) return onDamaged(answer.damage);
      setTrouble(answer.wrongCode);
    } catch (cause) {
      setTrouble(troubleText(cause));
    }
    setWorking(false);
    field.current?.select();
  }

  return (
    <EntryPage>
      <h1>Bring your bookmarks to this device</h1>
      <p className="lead" id={hintId}>
        Type the one-time code that the other device shows beside the picture. It unlocks the key in the link.
      </p>
      <form className="entry-form" onSubmit={join} noValidate>
        <label className="field">
          One-time code
          <input
            ref={field}
            className="code-input"
            autoComplete="off"
            autoCapitalize="characters"
            autoCorrect="off"
            spellCheck={false}
            placeholder="XXXX-XXXX-XXXX"
            maxLength={40}
            readOnly={working}
            value={code}
            aria-invalid={trouble !== null}
            aria-describedby={trouble ? `${hintId} ${troubleId}` : hintId}
            onChange={(event) => setCode(event.target.value)}
          />
        </label>
        <Trouble id={troubleId}>{trouble}</Trouble>
        <p className="actions">
          <button type="submit" className="button primary large" disabled={working}>
            {working ? "Opening…" : "Join"}
          </button>
          <button type="button" className="button large" onClick={onBack}>
            Go on without the link
          </button>
        </p>
      </form>
      <p className="quiet">The link is out of the address bar already. Small and capital letters are the same, and the hyphens may be left out.</p>
    </EntryPage>
  );
}
