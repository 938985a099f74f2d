import { Activity, lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { loadAccount } from "../account";
import { DEVICE, IS_BESIDE } from "../device";
import type { NewAccount } from "../new-account";
import { fragment, onFragmentChange, placeOf, type Place } from "../place";
import { App } from "./app";
import { OpeningPage, WaitingPage } from "./entry-pages";

const TodosApp = lazy(() => import("./todos-app").then(({ TodosApp }) => ({ default: TodosApp })));
const NotesApp = lazy(() => import("./notes-app").then(({ NotesApp }) => ({ default: NotesApp })));

const TITLES: Record<Place["at"], string> = {
  bookmarks: document.title,
  todos: "Sealwire: a shared list of todos",
  notes: "Sealwire: notes under a password of yours",
};

/** Bookmarks, notes or todos, by the fragment of the address. The bookmarks stay as they are meanwhile, words not written down included. */
export function Root({ joinFragment }: { joinFragment: string | null }) {
  const place = placeOf(useSyncExternalStore(onFragmentChange, fragment));
  const { at } = place;
  /** The account that was made on the way to the notes: the bookmarks begin anew with it. */
  const [made, setMade] = useState<NewAccount | null>(null);
  const [unwritten, setUnwritten] = useState<string | null>(null);

  useEffect(() => {
    document.title = TITLES[at];
  }, [at]);

  if (IS_BESIDE && DEVICE === "b" && !loadAccount()) {
    return <WaitingPage what="Make an account on device A, and it comes here by itself: by the link and code that any second device gets." />;
  }

  function create(account: NewAccount) {
    setMade(account);
    setUnwritten(account.recoveryCode);
  }

  return (
    <>
      <Activity mode={at === "bookmarks" ? "visible" : "hidden"}>
        <App key={made?.account.userId} joinFragment={made ? null : joinFragment} />
      </Activity>
      <Suspense fallback={at !== "bookmarks" && <OpeningPage what={at} />}>
        {at === "todos" && <TodosApp key={place.team} team={place.team} />}
        {at === "notes" && <NotesApp recoveryCode={unwritten} onCreated={create} onWritten={() => setUnwritten(null)} />}
      </Suspense>
    </>
  );
}
