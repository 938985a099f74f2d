import { Activity, lazy, Suspense, useEffect, useSyncExternalStore } from "react";
import { fragment, onFragmentChange, placeOf } from "../place";
import { App } from "./app";
import { OpeningPage } from "./entry-pages";

const TodosApp = lazy(() => import("./todos-app").then(({ TodosApp }) => ({ default: TodosApp })));
const BOOKMARKS_TITLE = document.title;

/** The bookmarks, or the todos, by the fragment of the address. The bookmarks stay as they are meanwhile, words not written down included. */
export function Root({ joinFragment }: { joinFragment: string | null }) {
  const place = placeOf(useSyncExternalStore(onFragmentChange, fragment));
  const todos = place.at === "todos";

  useEffect(() => {
    document.title = todos ? "Sealwire: a shared list of todos" : BOOKMARKS_TITLE;
  }, [todos]);

  return (
    <>
      <Activity mode={todos ? "hidden" : "visible"}>
        <App joinFragment={joinFragment} />
      </Activity>
      {todos && (
        <Suspense fallback={<OpeningPage what="todos" />}>
          <TodosApp key={place.team} team={place.team} />
        </Suspense>
      )}
    </>
  );
}
