import { useEffect, useState } from "react";
import { loadAccount, sameAccount, saveAccount, type Account } from "../account";
import { readJoinFragment } from "../join-link";
import { troubleText } from "../notices";
import { signIn } from "../server";
import { openSession, type Session } from "../session";
import { ChoicePage, OpeningPage, TroublePage } from "./entry-pages";
import { SessionContext } from "./hooks";
import { ListPage } from "./list-page";
import { StartPage } from "./start-page";

const UNKNOWN_ACCOUNT = "The server does not know the account of this link. It may have been made on another server.";

/** `how`: made here just now, brought by a link, or kept by this browser. */
interface Entering {
  at: "entering";
  account: Account;
  how: "created" | "linked" | "kept";
}

type Place =
  | { at: "start"; note: string | null }
  | { at: "choice"; kept: Account; linked: Account }
  | Entering
  | { at: "trouble"; message: string; again: Entering | null }
  | { at: "list"; session: Session; justCreated: boolean };

export function App({ joinFragment }: { joinFragment: string | null }) {
  const [place, setPlace] = useState<Place>(() => firstPlace(joinFragment));

  useEffect(() => {
    if (place.at !== "entering") return;
    let abandoned = false;
    void enter(place).then((next) => {
      if (!abandoned) setPlace(next);
      else if (next.at === "list") next.session.close();
    });
    return () => {
      abandoned = true;
    };
  }, [place]);

  switch (place.at) {
    case "start":
      return (
        <StartPage note={place.note} onCreated={(account) => setPlace({ at: "entering", account, how: "created" })} />
      );
    case "choice":
      return (
        <ChoicePage
          onKeep={() => setPlace({ at: "entering", account: place.kept, how: "kept" })}
          onSwitch={() => setPlace({ at: "entering", account: place.linked, how: "linked" })}
        />
      );
    case "entering":
      return <OpeningPage />;
    case "trouble": {
      const { message, again } = place;
      return (
        <TroublePage
          message={message}
          onAgain={again && (() => setPlace(again))}
          onBack={() => setPlace(firstPlace(null))}
        />
      );
    }
    case "list":
      return (
        <SessionContext value={place.session}>
          <ListPage justCreated={place.justCreated} onLeft={(note) => setPlace({ at: "start", note })} />
        </SessionContext>
      );
  }
}

function firstPlace(joinFragment: string | null): Place {
  const kept = loadAccount();
  if (joinFragment === null) return kept ? { at: "entering", account: kept, how: "kept" } : { at: "start", note: null };
  const link = readJoinFragment(joinFragment);
  if ("damage" in link) return { at: "trouble", message: link.damage, again: null };
  if (kept && !sameAccount(kept, link.account)) return { at: "choice", kept, linked: link.account };
  return { at: "entering", account: link.account, how: kept ? "kept" : "linked" };
}

async function enter(entering: Entering): Promise<Place> {
  const { account, how } = entering;
  try {
    if (how === "linked") {
      if (!(await signIn(account))) {
        return { at: "trouble", message: UNKNOWN_ACCOUNT, again: null };
      }
      saveAccount(account);
    }
    return { at: "list", session: await openSession(account), justCreated: how === "created" };
  } catch (cause) {
    return { at: "trouble", message: troubleText(cause), again: entering };
  }
}
