import { useEffect, useState } from "react";
import { DEVICE, IS_BESIDE } from "../device";
import { troubleText } from "../notices";
import { showList } from "../place";
import { loadProfile, memberOf, type Profile } from "../todos/profile";
import { openTodos, type TodoSession } from "../todos/session";
import { OpeningPage, TroublePage, WaitingPage } from "./entry-pages";
import { TodoSessionContext } from "./todo-hooks";
import { TodoStartPage } from "./todo-start-page";
import { TodosPage } from "./todos-page";

/** The todos of a team, or the way to become a member of one. Rendered anew for each team. */
export function TodosApp({ team }: { team: string | null }) {
  const [profile, setProfile] = useState(() => team && memberOf(team));
  const [last] = useState(() => (team === null ? loadProfile()?.teams[0] : undefined));

  useEffect(() => {
    if (last) showList(last);
  }, [last]);

  if (last) return <OpeningPage what="todos" />;
  if (team && profile) return <OpenTodos team={team} profile={profile} />;
  if (IS_BESIDE && DEVICE === "b") return <WaitingPage what="Make a list on device A, and this device joins it by its link." />;
  return <TodoStartPage team={team} onJoined={(team, joined) => (showList(team), setProfile(joined))} />;
}

function OpenTodos({ team, profile }: { team: string; profile: Profile }) {
  const [session, setSession] = useState<TodoSession | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let abandoned = false;
    let opened: TodoSession | null = null;
    openTodos(team, profile).then(
      (session) => {
        opened = session;
        if (abandoned) session.close();
        else setSession(session);
      },
      (cause) => abandoned || setTrouble(troubleText(cause)),
    );
    return () => {
      abandoned = true;
      opened?.close();
    };
  }, [team, profile, attempt]);

  function tryAgain() {
    setTrouble(null);
    setAttempt(attempt + 1);
  }

  if (trouble) return <TroublePage message={trouble} onAgain={tryAgain} onBack={null} />;
  if (!session) return <OpeningPage what="todos" />;
  return (
    <TodoSessionContext value={session}>
      <TodosPage />
    </TodoSessionContext>
  );
}
