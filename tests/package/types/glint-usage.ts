/** The types of `sealwire/glint`, as an app meets them. What must not compile is marked. */

import { SyncError } from "sealwire";
import { glint, RealtimeSyncManager, SyncError as GlintSyncError, type GlintEvent, type Todo, type TodoNode } from "sealwire/glint";

const sync = await RealtimeSyncManager.open(glint({ origin: "https://example.org", teamId: "team_1", setId: "inbox", me: { id: "user_1" } }));

const { todoId, acknowledged } = await sync.createTodo({ title: "Ship" });
await sync.createTodo({ title: "Test", parentId: todoId, id: "todo_mine" });
// @ts-expect-error: a todo has a title
await sync.createTodo({ parentId: todoId });
await sync.updateTodo(todoId, { completed: true, sortOrder: 1.5 });
// @ts-expect-error: the parent cannot be changed
await sync.updateTodo(todoId, { parentId: null });
await sync.deleteTodo(todoId);
await sync.reorder([{ id: todoId, sortOrder: 2 }]);
await sync.claim(todoId);
await sync.claim(todoId, false);
await sync.assign(todoId, ["user_2", { userId: "user_3", name: "Ada" }]);
await sync.moveTodo(todoId, "later", "top");
// @ts-expect-error: its place is the first or the last
await sync.moveTodo(todoId, "later", 0);
await sync.move(todoId, "later");
await sync.pushChange("todo", "todo_2", "create", { title: "Ship" });
await sync.pushChange("todo", "todo_2", "update", { title: "Ship it" });
await sync.pushChange("todo", "todo_2", "delete");
// @ts-expect-error: a delete takes no data
await sync.pushChange("todo", "todo_2", "delete", { title: "Ship" });
// @ts-expect-error: no such entity type
await sync.pushChange("note", "todo_2", "delete");
(await acknowledged) satisfies "confirmed" | "superseded" | "unchanged" | "cancelled" | "discarded";

const flat: Todo[] = await sync.list();
const draw = (nodes: TodoNode[]): string => nodes.map(({ key, title, pending, children }) => `${key} ${title} ${pending} ${draw(children)}`).join();
draw(await sync.todos());
flat[0]?.assignees?.map(({ userId }) => userId) satisfies string[] | undefined;
(await sync.get(todoId))?.claimedBy satisfies string | null | undefined;
(await sync.sets()).sets.map(({ id }) => id) satisfies string[];
await sync.switchSet("later");
sync.setId satisfies string;

sync.on("change", ({ operation, entityId, data, formerId, replacedBy }) => [operation, entityId, data?.title, formerId, replacedBy]);
sync.on("status", ({ state }) => state satisfies "idle" | "connecting" | "catching_up" | "live" | "polling" | "reconnecting" | "stopped" | "following");
// @ts-expect-error: nothing is sealed
sync.on("status", ({ key }) => key);
sync.on("rejected", ({ id, setId, blockedBy }) => [setId, sync.retry(blockedBy ?? id)]);
sync.on("todo:assigned", ({ id, assignees }) => [id, assignees.map(({ name }) => name)]);
sync.on("todo:moved", (event) => event satisfies GlintEvent);
sync.on("realtime:ready", () => {});
// @ts-expect-error: no such event
sync.on("todo:renamed", () => {});
// @ts-expect-error: it is opened
new RealtimeSyncManager();
// @ts-expect-error: no such option
glint({ origin: "https://example.org", teamId: "team_1", setId: "inbox", me: { id: "user_1" }, key: new Uint8Array(32) });

const { revision, todos, deleted } = await sync.changesSince(0);
[...todos.map(({ id }) => id), ...deleted] satisfies string[];
await sync.changesSince(revision);
(await sync.wedged())[0]?.operation satisfies "create" | "update" | "delete" | "reorder" | "claim" | "assign" | "move" | undefined;

try {
  await sync.forget();
} catch (error) {
  if (error instanceof SyncError && error instanceof GlintSyncError) error.code satisfies string;
}
