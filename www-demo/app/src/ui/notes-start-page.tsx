import { useState } from "react";
import { createAccount, type NewAccount } from "../new-account";
import { troubleText } from "../notices";
import { BOOKMARKS } from "../place";
import { EntryPage } from "./entry-pages";
import { Illustration } from "./illustration";
import { Trouble } from "./trouble";

/** For a browser without an account: notes and bookmarks are of the same one. */
export function NotesStartPage({ onCreated }: { onCreated: (made: NewAccount) => void }) {
  const [working, setWorking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  async function create() {
    setWorking(true);
    setTrouble(null);
    try {
      onCreated(await createAccount());
    } catch (cause) {
      setTrouble(troubleText(cause));
      setWorking(false);
    }
  }

  return (
    <EntryPage>
      <Illustration />
      <h1>Notes under a password that only you know</h1>
      <p className="lead">Titles and contents are encrypted in this page, and open on each device where you type the password.</p>
      <p className="actions">
        <button type="button" className="button primary large" disabled={working} onClick={create}>
          {working ? "Creating…" : "Create an account"}
        </button>
      </p>
      <Trouble>{trouble}</Trouble>
      <p className="quiet">
        It is one account for notes and <a href={BOOKMARKS}>bookmarks</a>. If another device has it already, open here the link that
        it shows under “Second device”, and come back.
      </p>
    </EntryPage>
  );
}
