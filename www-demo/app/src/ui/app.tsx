import { useEffect, useState } from "react";
import { loadAccount, sameAccount, saveAccount, type Account } from "../account";
import { troubleText } from "../notices";
import { signIn } from "../server";
import { openSession, type Session } from "../session";
import { ChoicePage, OpeningPage, TroublePage } from "./entry-pages";
import { SessionContext } from "./hooks";
import { JoinPage } from "./join-page";
import { ListPage } from "./list-page";
import { RecoverPage } from "./recover-page";
import { StartPage } from "./start-page";

const UNKNOWN_ACCOUNT = "The server does not know this account, or not with this secret. It may have been made on another server.";

/** `how`: made here just now, brought from elsewhere by a link or a recovery code, or kept by this browser. */
interface Entering {
  at: "entering";
  account: Account;
  how: "created" | "brought" | "kept";
  /** Of an account that was made here just now. */
  recoveryCode: string | null;
}

type Place =
  | { at: "start"; note: string | null }
  | { at: "join"; fragment: string }
  | { at: "recover" }
  | { at: "choice"; kept: Account; linked: Account }
  | Entering
  | { at: "trouble"; message: string; again: Entering | null }
  | { at: "list"; session: Session; recoveryCode: string | null };

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
        <StartPage
          note={place.note}
          onCreated={(account, recoveryCode) => setPlace({ at: "entering", account, how: "created", recoveryCode })}
          onRecover={() => setPlace({ at: "recover" })}
        />
      );
    case "join":
      return (
        <JoinPage
          fragment={place.fragment}
          onJoined={(account) => setPlace(joined(account))}
          onDamaged={(message) => setPlace({ at: "trouble", message, again: null })}
          onBack={() => setPlace(firstPlace(null))}
        />
      );
    case "recover":
      return <RecoverPage onRecovered={(account) => setPlace(brought(account))} onBack={() => setPlace(firstPlace(null))} />;
    case "choice":
      return (
        <ChoicePage
          onKeep={() => setPlace(kept(place.kept))}
          onSwitch={() => setPlace(brought(place.linked))}
        />
      );
    case "entering":
      return <OpeningPage what="bookmarks" />;
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
          <ListPage recoveryCode={place.recoveryCode} onLeft={(note) => setPlace({ at: "start", note })} />
        </SessionContext>
      );
  }
}

function firstPlace(joinFragment: string | null): Place {
  if (joinFragment !== null) return { at: "join", fragment: joinFragment };
  const account = loadAccount();
  return account ? kept(account) : { at: "start", note: null };
}

/** Where to go with the account of a link: a browser that has another one asks first. */
function joined(account: Account): Place {
  const present = loadAccount();
  if (!present) return brought(account);
  return sameAccount(present, account) ? kept(present) : { at: "choice", kept: present, linked: account };
}

function kept(account: Account): Entering {
  return { at: "entering", account, how: "kept", recoveryCode: null };
}

function brought(account: Account): Entering {
  return { at: "entering", account, how: "brought", recoveryCode: null };
}

async function enter(entering: Entering): Promise<Place> {
  const { account, how, recoveryCode } = entering;
  try {
    if (how === "brought") {
      if (!(await signIn(account))) {
        return { at: "trouble", message: UNKNOWN_ACCOUNT, again: null };
      }
      saveAccount(account);
    }
    return { at: "list", session: await openSession(account), recoveryCode };
  } catch (cause) {
    return { at: "trouble", message: troubleText(cause), again: entering };
  }
}
