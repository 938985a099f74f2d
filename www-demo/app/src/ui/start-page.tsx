import { useState } from "react";
import { generateKey } from "sealwire/keys";
import { saveAccount, type Account } from "../account";
import { troubleText } from "../notices";
import { register, signIn } from "../server";
import { TODOS } from "../place";
import { accountOfTodos } from "../todos/profile";
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
      const { key, recoveryCode } = generateKey();
      const account = { ...(await serverAccount()), key };
      saveAccount(account);
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
        Or go to the <a href={TODOS}>todos</a>: a list that several people work on, not sealed.
      </p>
    </EntryPage>
  );
}

/** The account that the todos have made in this browser, or a new one: both share the session. */
async function serverAccount(): Promise<{ userId: string; secret: string }> {
  const made = accountOfTodos();
  return made && (await signIn(made)) ? made : register();
}
