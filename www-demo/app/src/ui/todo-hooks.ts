import { createContext, use, useSyncExternalStore } from "react";
import { troubleText } from "../notices";
import type { TodoSession } from "../todos/session";
import type { Shown } from "../todos/store";

export const TodoSessionContext = createContext<TodoSession | null>(null);

/** The team that is open. */
export function useTodoSession(): TodoSession {
  const session = use(TodoSessionContext);
  if (!session) throw new Error("useTodoSession needs a TodoSessionContext above it.");
  return session;
}

export function useTodos<Part extends keyof Shown>(part: Part): Shown[Part] {
  const { store } = useTodoSession();
  return useSyncExternalStore(store.subscribe, () => store.getSnapshot()[part]);
}

/** What waits for a change to be stored and tells where that does not work. */
export function useReport(): (work: Promise<unknown>) => void {
  const { notices } = useTodoSession();
  return (work) => void work.catch((cause) => notices.trouble(troubleText(cause)));
}
