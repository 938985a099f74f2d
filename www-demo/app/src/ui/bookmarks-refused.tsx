import type { Operation, Rejected } from "sealwire";
import { nameOf } from "../address";
import { troubleText } from "../notices";
import { useSession, useShown } from "./hooks";
import { RefusedCard } from "./refused-card";

const DONE: Record<Operation, string> = { create: "New", update: "Change of the", delete: "Deletion of the" };
const KINDS: Record<string, string> = { bookmark: "bookmark", group: "folder", history: "visit" };

/** What of bookmarks and folders the server has refused. */
export function BookmarksRefused() {
  const { manager, notices, store } = useSession();
  const [refused, bookmarks, folders] = [useShown("refused"), useShown("bookmarks"), useShown("folders")];

  function inWords({ operation, entityType, entityId }: Rejected): string {
    const bookmark = bookmarks.find(({ id }) => id === entityId);
    const name = bookmark ? nameOf(bookmark.data) : folders.find(({ id }) => id === entityId)?.data.name;
    return `${DONE[operation]} ${KINDS[entityType] ?? entityType}${name ? ` “${name}”` : ""}`;
  }

  const changes = refused.map((rejected) => ({ id: rejected.id, what: inWords(rejected), why: rejected.reason, depends: false }));
  const decide = (work: Promise<boolean>) => void work.then(() => store.load()).catch((cause) => notices.trouble(troubleText(cause)));
  return <RefusedCard changes={changes} onRetry={(id) => decide(manager.retry(id))} onDiscard={(id) => decide(manager.discard(id))} />;
}
