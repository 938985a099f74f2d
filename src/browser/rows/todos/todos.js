// The words of Glint: a row is a todo, by its id.

import { RowsApp } from "../rows-app.js";

const TODO_EVENTS = [
  "todo:created", "todo:updated", "todo:deleted", "todo:reordered", "todo:claimed", "todo:assigned", "todo:moved", "realtime:ready",
];

/** What the app holds of a set. */
class SetApp extends RowsApp {
  constructor(database) {
    super(database, { events: TODO_EVENTS, entity: (entityId) => ({ entityType: "todo", entityId }) });
  }

  rowOf(_, todo) {
    return todo;
  }

  changesOf(revision, reset, todos, gone) {
    return { revision, reset, todos, deleted: gone.map(({ entityId }) => entityId) };
  }
}

export function newSetApp(database) {
  return new SetApp(database);
}
