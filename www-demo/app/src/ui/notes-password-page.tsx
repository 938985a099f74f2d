import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import type { Account } from "../account";
import { isKnownUser } from "../notes/kept";
import { Tokens } from "../notes/server";
import { isOffline } from "../offline";
import { BOOKMARKS } from "../place";
import { EntryPage, OpeningPage } from "./entry-pages";
import { Trouble } from "./trouble";

interface Props {
  account: Account;
  working: boolean;
  /** What was wrong with the last one. */
  trouble: string | null;
  onPassword: (password: string) => void;
}

/** Asks for the master password; whoever has no notes yet chooses one, and types it twice. */
export function NotesPasswordPage({ account, working, trouble, onPassword }: Props) {
  const isNew = useIsNew(account);
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [shown, setShown] = useState(false);
  const [unusable, setUnusable] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const [hintId, troubleId] = [useId(), useId()];
  const told = unusable ?? trouble;

  useEffect(() => {
    if (isNew !== null && !working) field.current?.select();
  }, [isNew, working, told]);

  function enter(event: FormEvent) {
    event.preventDefault();
    const why = whyUnusable(password, isNew ? repeated : password);
    setUnusable(why);
    if (why === null) onPassword(password);
  }

  if (isNew === null) return <OpeningPage what="notes" />;
  const input = {
    type: shown ? "text" : "password",
    autoCapitalize: "none",
    autoCorrect: "off",
    spellCheck: false,
    readOnly: working,
    "aria-invalid": told !== null,
    "aria-describedby": told ? `${hintId} ${troubleId}` : hintId,
  } as const;
  return (
    <EntryPage>
      <h1>{isNew ? "Choose a master password" : "Type your master password"}</h1>
      <p className="lead" id={hintId}>
        {isNew
          ? "It seals your notes and never leaves your devices. Take a long one, as four words by chance: nobody can reset it."
          : "It opens your notes here. It is sent nowhere and kept nowhere, so each start of the page asks for it."}
      </p>
      <form className="entry-form" onSubmit={enter} noValidate>
        {/* For a password manager. */}
        <input hidden readOnly autoComplete="username" value={account.userId} />
        <label className="field">
          Master password
          <input
            {...input}
            ref={field}
            autoComplete={isNew ? "new-password" : "current-password"}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {isNew && (
          <label className="field">
            Once more
            <input {...input} autoComplete="new-password" value={repeated} onChange={(event) => setRepeated(event.target.value)} />
          </label>
        )}
        <label className="check">
          <input type="checkbox" checked={shown} onChange={() => setShown(!shown)} />
          Show what is typed
        </label>
        <Trouble id={troubleId}>{told}</Trouble>
        <p className="actions">
          <button type="submit" className="button primary large" disabled={working}>
            {working ? "Opening…" : "Open the notes"}
          </button>
        </p>
      </form>
      <p className="quiet">
        The account is that of your <a href={BOOKMARKS}>bookmarks</a>; the password is of the notes alone.
      </p>
    </EntryPage>
  );
}

function whyUnusable(password: string, repeated: string): string | null {
  if (password === "") return "Without a password nothing can be sealed. Type one.";
  return password === repeated ? null : "The two differ. Type the same password twice.";
}

/** Whether the account has no notes yet; `null` until that is known. Where the server cannot be asked, it is taken to have some. */
function useIsNew(account: Account): boolean | null {
  const [isNew, setNew] = useState(() => (isKnownUser(account.userId) || isOffline() ? false : null));

  useEffect(() => {
    if (isNew !== null) return;
    let abandoned = false;
    new Tokens(account).count().then(
      (count) => abandoned || setNew(count === 0),
      () => abandoned || setNew(false),
    );
    return () => {
      abandoned = true;
    };
  }, [account, isNew]);

  return isNew;
}
