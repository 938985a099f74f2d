import type { Rejected, Verb } from "sealwire/glint";
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

/** What the server has refused for good, until the user decides. What depends on another change shares its fate. */
export function RefusedList() {
  const { manager, store } = useTodoSession();
  const report = useReport();
  const refused = useTodos("refused");
  if (refused.length === 0) return null;
  const decide = (work: Promise<boolean>) => report(work.then(() => store.load()));
  return (
    <section className="card refused" aria-labelledby="refused-title">
      <h2 id="refused-title">Refused by the server</h2>
      <ul>
        {refused.map((change) => {
          const what = inWords(change, store.titleOf(change.entityId));
          return (
            <li key={change.id}>
              <p>
                <strong>{what}</strong>
                <br />
                <span className="quiet">{change.blockedBy ? "Depends on another change that was refused." : change.reason}</span>
              </p>
              {!change.blockedBy && (
                <div className="actions">
                  <button type="button" className="button" aria-label={`Retry: ${what}`} onClick={() => decide(manager.retry(change.id))}>
                    Retry
                  </button>
                  <button type="button" className="button" aria-label={`Discard: ${what}`} onClick={() => decide(manager.discard(change.id))}>
                    Discard
                  </button>
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function inWords({ operation, data }: Rejected, known: string | undefined): string {
  const title = data?.title ?? known;
  if (title) return `${DONE[operation]} “${title}”`;
  return operation === "create" ? DONE.create : `${DONE[operation]} a todo`;
}
