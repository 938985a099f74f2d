/** The package's types, as an app meets them. What must not compile is marked. */

import { bitmarks, RealtimeSyncManager, SyncError, type Change, type Receipt } from "sealwire";
import { exportKeyLink, generateKey, importKeyLink, recoverKey, SyncError as KeysSyncError } from "sealwire/keys";
import * as slim from "sealwire/slim";

interface Todo { title: string; done: boolean }
type Entities = { bookmark: { title: string; url: string }; todo: Todo };

const options = bitmarks({ url: "wss://example.org/api/v1/sync/realtime", userId: "user_1", key: new Uint8Array(32) });
const sync = await RealtimeSyncManager.open<Entities>(options);

const receipt: Receipt = await sync.pushChange("todo", "todo_1", "create", { title: "Ship", done: false });
await sync.pushChange("todo", "todo_1", "delete");
// @ts-expect-error: a field is missing
await sync.pushChange("todo", "todo_1", "update", { title: "Ship" });
// @ts-expect-error: `update` takes the whole entity
await sync.pushChange("todo", "todo_1", "update");
// @ts-expect-error: a delete takes no data
await sync.pushChange("todo", "todo_1", "delete", { title: "Ship", done: true });
// @ts-expect-error: no such entity type
await sync.get("note", "note_1");

const isCancelled: boolean = await receipt.cancel();
const outcome: "confirmed" | "superseded" | "unchanged" | "cancelled" | "discarded" | undefined = await (await sync.receipt(receipt.id))?.acknowledged;
const { revision, entities, deleted } = await sync.changesSince(0);
const ids: string[] = [...entities, ...deleted].map(({ entityId }) => entityId);
await sync.changesSince(revision);

const title: string | undefined = (await sync.get("bookmark", "bm_1"))?.data.title;
const done: boolean[] = (await sync.list("todo")).map((todo) => todo.data.done);

const unsubscribe: () => void = sync.on("change", (change) => {
  if (change.entityType === "todo") change satisfies Change<Todo>;
});
sync.on("ready", () => {});
sync.on("status", (status) => status.state satisfies "idle" | "connecting" | "catching_up" | "live" | "reconnecting" | "stopped" | "following");
sync.on("progress", ({ events, hasMore }) => [events satisfies number, hasMore satisfies boolean]);
sync.keyId satisfies string | null;
sync.acceptKey() satisfies void;
sync.forget() satisfies Promise<void>;
sync.on("rejected", ({ id }) => sync.retry(id) satisfies Promise<boolean>);
// @ts-expect-error: no such event
sync.on("changed", () => {});

bitmarks({ url: "wss://example.org/", userId: "user_1", key: new Uint8Array(32), debounce: 300, confirm: "pong" });
// @ts-expect-error: no such confirmation
bitmarks({ url: "wss://example.org/", userId: "user_1", key: new Uint8Array(32), confirm: "ack" });
bitmarks({ url: "wss://example.org/", userId: "user_1", persistKey: { password: "horse" } });
bitmarks({ url: "wss://example.org/", userId: "user_1", key: [{ generation: 2, key: new Uint8Array(32) }], accept: ["bitmarks-plain"], compress: { above: 1000 } });
// @ts-expect-error: a ring without generations
bitmarks({ url: "wss://example.org/", userId: "user_1", key: [{ key: new Uint8Array(32) }] });
// @ts-expect-error: an account needs its id
bitmarks({ url: "wss://example.org/", key: new Uint8Array(32) });
// @ts-expect-error: a misspelt option
bitmarks({ url: "wss://example.org/", userId: "user_1", key: new Uint8Array(32), userID: "user_1" });

new RealtimeSyncManager("user_1", "device_1", new Uint8Array(32)).connect();
new RealtimeSyncManager("user_1", "device_1", new Uint8Array(32), { url: "wss://example.org/", format: "sealwire-v1" }).free();

try {
  slim.initSync(new Uint8Array());
} catch (error) {
  if (error instanceof SyncError) error.option satisfies string | undefined;
}

const { key, recoveryCode }: { key: Uint8Array; recoveryCode: string } = generateKey();
const { link, code } = await exportKeyLink({ key }, { page: "https://example.org/", data: { userId: "user_1" }, sync });
await exportKeyLink({ recoveryCode }, { page: new URL("https://example.org/") });
await exportKeyLink({ password: "horse", salt: new Uint8Array(16), iterations: 700_000 });
// @ts-expect-error: the bytes of a CryptoKey cannot be had
await exportKeyLink(null! as CryptoKey);
// @ts-expect-error: one source, not two
await exportKeyLink({ key, recoveryCode });
// @ts-expect-error: a password needs a salt
await exportKeyLink({ password: "horse" });
const imported: { key: Uint8Array; data?: unknown } = await importKeyLink(link, code);
try {
  recoverKey(recoveryCode);
} catch (error) {
  if (error instanceof KeysSyncError) error.code satisfies SyncError["code"];
}

export { done, ids, imported, isCancelled, outcome, receipt, title, unsubscribe };
