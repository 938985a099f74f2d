import type { Rejected, Verb } from "sealwire/glint";
import { RefusedCard } from "./refused-card";
import { useReport, useTodoSession, useTodos } from "./todo-hooks";

const DONE: Record<Verb, string> = {
  create: "New todo",
  update: "Change of",
  delete: "Deletion of",
  reorder: "New place of",
  claim: "Claim of",
  assign: "Assignment of",
  move: "Move of",
};

/** What of the todos the server has refused. */
export function RefusedList() {
  const { manager, store } = useTodoSession();
  const report = useReport();
  const changes = useTodos("refused").map((change) => ({
    id: change.id,
    what: inWords(change, store.titleOf(change.entityId)),
    why: change.reason,
    depends: change.blockedBy !== undefined,
  }));
  const decide = (work: Promise<boolean>) => report(work.then(() => store.load()));
  return <RefusedCard changes={changes} onRetry={(id) => decide(manager.retry(id))} onDiscard={(id) => decide(manager.discard(id))} />;
}

function inWords({ operation, data }: Rejected, known: string | undefined): string {
  const title = data?.title ?? known;
  if (title) return `${DONE[operation]} “${title}”`;
  return operation === "create" ? DONE.create : `${DONE[operation]} a todo`;
}
