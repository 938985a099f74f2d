import type { Operation, Rejected } from "sealwire/typelets";
import { useChange, useNotes, useNotesSession } from "./note-hooks";
import { RefusedCard } from "./refused-card";

const DONE: Record<Operation, string> = { create: "New", update: "Change of", delete: "Deletion of" };

/** What of notes and folders the server has refused. */
export function NotesRefused() {
  const { manager, store } = useNotesSession();
  const change = useChange();
  const [refused, folders] = [useNotes("refused"), useNotes("folders")];

  function inWords({ operation, entityType, entityId }: Rejected): string {
    const folder = folders.find(({ id, key }) => id === entityId || key === entityId);
    const name = entityType === "note" ? store.nameOf(entityId) : folder?.name;
    return `${DONE[operation]} ${operation === "create" ? entityType : `the ${entityType}`}${name ? ` “${name}”` : ""}`;
  }

  const changes = refused.map((rejected) => ({
    id: rejected.id,
    what: inWords(rejected),
    why: rejected.reason,
    depends: rejected.blockedBy !== undefined,
  }));
  return <RefusedCard changes={changes} onRetry={(id) => change(() => manager.retry(id))} onDiscard={(id) => change(() => manager.discard(id))} />;
}
