import { useState } from "react";
import type { Account } from "../account";
import { IS_BESIDE } from "../device";
import { createAccount } from "../new-account";
import { troubleText } from "../notices";
import { NOTES, SIDE_BY_SIDE, TODOS } from "../place";
import { EntryPage } from "./entry-pages";
import { Illustration } from "./illustration";
import { Trouble } from "./trouble";

interface Props {
  note: string | null;
  onCreated: (account: Account, recoveryCode: string) => void;
  onRecover: () => void;
}

export function StartPage({ note, onCreated, onRecover }: Props) {
  const [working, setWorking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  async function create() {
    setWorking(true);
    setTrouble(null);
    try {
      const { account, recoveryCode } = await createAccount();
      onCreated(account, recoveryCode);
    } catch (cause) {
      setTrouble(troubleText(cause));
      setWorking(false);
    }
  }

  return (
    <EntryPage>
      {note && (
        <p role="status" className="note">
          {note}
        </p>
      )}
      <Illustration />
      <h1>Two browsers, one sealed bookmark list</h1>
      <p className="lead">
        Your bookmarks are encrypted in this page and kept in step between your browsers. The server that carries them never has
        the key.
      </p>
      <p className="actions">
        <button type="button" className="button primary large" disabled={working} onClick={create}>
          {working ? "Creating…" : "Create an account"}
        </button>
      </p>
      <Trouble>{trouble}</Trouble>
      <p className="quiet">
        No name, no e-mail address: the page makes a random key that stays in your browsers. On a second device, open the link
        that the first one shows, and type its code.
      </p>
      <p className="quiet">
        Every device lost?{" "}
        <button type="button" className="link-button" onClick={onRecover}>
          Recover with 24 words
        </button>
      </p>
      <p className="quiet">
        Or go to the <a href={NOTES}>notes</a>, sealed under a password of yours, or to the <a href={TODOS}>todos</a>: a list that
        several people work on, not sealed.
      </p>
      {!IS_BESIDE && (
        <p className="quiet">
          No second device at hand? Try <a href={SIDE_BY_SIDE}>two devices side by side</a> on this page, and see what goes over the wire.
        </p>
      )}
    </EntryPage>
  );
}
