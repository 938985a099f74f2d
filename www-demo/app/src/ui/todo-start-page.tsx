import { useId, useState, type FormEvent } from "react";
import { troubleText } from "../notices";
import { BOOKMARKS, NOTES } from "../place";
import { loadProfile, type Profile } from "../todos/profile";
import { newTeamId } from "../todos/server";
import { join, UnknownMember } from "../todos/session";
import { EntryPage } from "./entry-pages";
import { Trouble } from "./trouble";

interface Props {
  /** The list that a link leads to; `null` for a new one. */
  team: string | null;
  onJoined: (team: string, profile: Profile) => void;
}

/** Asks who comes, and makes a list or joins one. */
export function TodoStartPage({ team, onJoined }: Props) {
  const [name, setName] = useState(() => loadProfile()?.name ?? "");
  const [asNew, setAsNew] = useState(false);
  const [working, setWorking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const troubleId = useId();

  async function enter(event: FormEvent) {
    event.preventDefault();
    if (name.trim() === "") return setTrouble("The others need a name to know you by.");
    setWorking(true);
    setTrouble(null);
    const entered = team ?? newTeamId();
    try {
      onJoined(entered, await join(name.trim(), entered, asNew));
    } catch (cause) {
      setTrouble(troubleText(cause));
      setAsNew(cause instanceof UnknownMember);
      setWorking(false);
    }
  }

  return (
    <EntryPage>
      <h1>{team ? "Join a list of todos" : "A list of todos for several people"}</h1>
      <p className="lead">
        {team
          ? "Somebody has shared this list with you. Who joins sees all of it and can change all of it."
          : "Everybody sees at once what the others add and tick off, and goes on without a connection."}
      </p>
      <form className="entry-form" onSubmit={enter} noValidate>
        <label className="field">
          Your name
          <input
            dir="auto"
            autoComplete="nickname"
            maxLength={50}
            value={name}
            aria-invalid={trouble !== null}
            aria-describedby={trouble ? troubleId : undefined}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <Trouble id={troubleId}>{trouble}</Trouble>
        <p className="actions">
          <button type="submit" className="button primary large" disabled={working}>
            {team ? "Join the list" : "New list"}
          </button>
        </p>
      </form>
      <p className="quiet">
        Unlike the <a href={BOOKMARKS}>bookmarks</a> and the <a href={NOTES}>notes</a>, todos are not sealed: the server puts them in
        order and checks them, and for that it reads them.
      </p>
    </EntryPage>
  );
}
