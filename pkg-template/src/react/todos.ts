/** The todos of one set of a Glint server, opened while there is a set and somebody is signed in. */

import { useEffect, useMemo } from "react";
import type { RealtimeSyncManager, TodoNode } from "../glint.d.ts";
import type { TodosOptions, TodosView } from "../react.d.ts";
import { IDLE, statusSource, useShown } from "./hooks.ts";
import { useOpened } from "./provider.tsx";
import { NO_ROWS, storeOf } from "./store.ts";

export function useTodos({ teamId, setId, open }: TodosOptions): TodosView {
  const isChosen = teamId != null && setId != null;
  const opening = open && isChosen ? () => open({ teamId, setId }) : null;
  const { sync, failure } = useOpened<RealtimeSyncManager>(opening, teamId ?? "", true);

  useEffect(() => {
    // Changes that wait in the set that was shown go on being sent.
    if (sync && setId != null && sync.setId !== setId) sync.switchSet(setId).catch(() => {});
  }, [sync, setId]);

  const todos = useShown<readonly TodoNode[]>(sync && storeOf(sync).whole<readonly TodoNode[]>("todos", NO_ROWS, () => sync.todos()), NO_ROWS);
  const status = useShown(useMemo(() => statusSource(sync, failure), [sync, failure]), IDLE);
  return { todos, status, sync };
}
