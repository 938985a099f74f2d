/** The types of `sealwire/typelets`, as an app meets them. What must not compile is marked. */

import { SyncError } from "sealwire";
import {
  RealtimeSyncManager, SyncError as NotesSyncError, typelets, type Conflict, type Folder, type Note, type NoteSync, type Rejected, type TypeletsInbound,
  type TypeletsOutbound, type TypeletsSigned,
} from "sealwire/typelets";

const getToken = async () => "token";
const sync = await RealtimeSyncManager.open(typelets({
  userId: "user_1",
  getToken,
  masterPassword: "horse",
  maxAttempts: 3,
  keepJoins: true,
  sign: true,
  onNoteSync: ({ noteId, updatedNote }) => [noteId satisfies string, updatedNote?.title satisfies string | undefined],
  onNoteCreatedSync: ({ noteData }) => noteData?.["title"],
  onNoteDeletedSync: ({ noteId }) => noteId satisfies string,
  onError: ({ code, fault, message }) => [code, fault, message],
  onAuthenticated: (userId) => userId satisfies string,
}));
typelets({ url: "wss://example.org/ws", api: "https://example.org/api", userId: "user_1", getToken: () => "token", content: "plain" });
typelets({ userId: "user_1", getToken, deviceSecret: "base64" });
// @ts-expect-error: an account needs tokens
typelets({ userId: "user_1", masterPassword: "horse" });
// @ts-expect-error: a token is text
typelets({ userId: "user_1", getToken: () => 7 });
// @ts-expect-error: no such content
typelets({ userId: "user_1", getToken, content: "open" });
// @ts-expect-error: no such option
typelets({ userId: "user_1", getToken, key: new Uint8Array(32) });
// @ts-expect-error: it is opened
new RealtimeSyncManager();

const { entityId, id, durability, acknowledged } = await sync.createNote({ title: "Ship", content: "it", folderId: null, starred: true });
[entityId, id, durability] satisfies string[];
(await acknowledged) satisfies "confirmed" | "superseded" | "unchanged" | "cancelled" | "discarded";
await sync.createNote();
// @ts-expect-error: no such field
await sync.createNote({ colour: "red" });
// @ts-expect-error: a new note is not in the bin
await sync.createNote({ deleted: true });
await sync.updateNote(entityId, { title: "Shipped", archived: true, hidden: false, deleted: false });
// @ts-expect-error: the server gives the id
await sync.updateNote(entityId, { id: "note_2" });
await sync.deleteNote(entityId);
await sync.sendNoteCreated({ title: "Ship" });
await sync.sendNoteUpdate(entityId, { content: "it" });
await sync.sendNoteDeleted(entityId);
const folder = await sync.createFolder({ name: "Work", color: null, parentId: null, sortOrder: 1 });
// @ts-expect-error: a folder has a name
await sync.createFolder({});
await sync.updateFolder(folder.entityId, { color: "#ff0000" });
await sync.deleteFolder(folder.entityId);
await sync.pushChange("note", "new_1", "create", { title: "Ship" });
await sync.pushChange("note", "new_1", "update", { content: "it" });
await sync.pushChange("folder", "new_2", "create", { name: "Work" });
await sync.pushChange("folder", "new_2", "delete");
// @ts-expect-error: a delete takes no data
await sync.pushChange("note", "new_1", "delete", { title: "Ship" });
// @ts-expect-error: a folder's fields are not a note's
await sync.pushChange("folder", "new_2", "update", { title: "Work" });
// @ts-expect-error: no such entity type
await sync.pushChange("todo", "new_1", "delete");

const notes: Note[] = await sync.notes();
notes.map(({ key, pending, unreadable, title, folderId, updatedAt }) => [key, pending, unreadable satisfies true | undefined, title, folderId, updatedAt]);
const folders: Folder[] = await sync.folders();
(await sync.get("note", entityId))?.starred satisfies boolean | undefined;
(await sync.get("folder", folder.entityId))?.name satisfies string | undefined;
[...(await sync.list("note")).map(({ content }) => content), ...folders.map(({ parentId }) => parentId)];
// @ts-expect-error: no such kind
await sync.list("todo");

sync.joinNote(entityId);
sync.leaveNote(entityId);
sync.joinedNotes satisfies readonly string[];
// @ts-expect-error: it is told, not set
sync.joinedNotes.push("note_1");
const unsubscribe: () => void = sync.on("change", ({ operation, entityType, formerId, replacedBy, data, origin }) =>
  [operation, entityType satisfies "note" | "folder", formerId, replacedBy, data?.id, origin]);
sync.on("ready", () => {});
sync.on("conflict", ({ ours, theirs }: Conflict) => [ours.title, theirs.content]);
sync.on("rejected", ({ id, reason, blockedBy, data }: Rejected) => [id, reason, blockedBy, data?.key]);
sync.on("note_sync", ({ changes, updatedNote }: NoteSync) => [changes["starred"], updatedNote?.pending]);
sync.on("folder_updated_sync", ({ type, folderId }) => [type, folderId satisfies string | undefined]);
sync.on("status", ({ state, account, retryAt }) => [
  state satisfies "idle" | "connecting" | "catching_up" | "live" | "reconnecting" | "failed" | "stopped" | "following", account, retryAt,
]);
// @ts-expect-error: no such event
sync.on("todo:created", () => {});
// @ts-expect-error: rows have no confirmation of their own
sync.status.confirmation;

const { revision, rows, deleted } = await sync.changesSince(0);
for (const row of rows) row.entityType === "note" ? row.title : row.name;
deleted.map(({ entityType, entityId }) => `${entityType}/${entityId}`) satisfies string[];
await sync.changesSince(revision);
(await sync.receipt(id))?.cancel() satisfies Promise<boolean> | undefined;
(await sync.wedged()).map(({ operation }) => operation satisfies "create" | "update" | "delete");

({ type: "auth", token: "token" }) satisfies TypeletsInbound;
({ payload: { type: "ping" }, signature: "base64", timestamp: 0, nonce: "base64" }) satisfies TypeletsSigned;
({ type: "auth_failed", message: "no", reason: "token-expired" }) satisfies TypeletsOutbound;
// @ts-expect-error: no such frame
({ type: "note_renamed", noteId: "note_1" }) satisfies TypeletsOutbound;

try {
  await sync.forget();
} catch (error) {
  if (error instanceof SyncError && error instanceof NotesSyncError) error.code satisfies string;
}

export { unsubscribe };
