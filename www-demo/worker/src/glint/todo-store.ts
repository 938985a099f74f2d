import type { Patch, Placed } from "./bodies";
import type { Assignee } from "./wire";

/** Times are in milliseconds. */
export type TodoRow = {
  id: string;
  set_id: string;
  user_id: string;
  parent_id: string | null;
  title: string;
  completed: number;
  sort_order: number;
  claimed_by: string | null;
  claimed_by_name: string | null;
  created_at: number;
  updated_at: number;
};

/** A todo to be made; the store adds its id and its place behind its siblings. */
export interface Draft {
  setId: string;
  userId: string;
  parentId: string | null;
  title: string;
}

/**
 * A team's todos, and who works on each.
 *
 * A parent is named when a todo is made, has to exist by then, and is only ever taken away. So there are no cycles.
 */
export class TodoStore {
  constructor(private readonly sql: SqlStorage) {}

  create(): void {
    this.sql.exec(`
      CREATE TABLE todo (
        id TEXT PRIMARY KEY,
        set_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        parent_id TEXT,
        title TEXT NOT NULL,
        completed INTEGER NOT NULL DEFAULT 0,
        sort_order REAL NOT NULL,
        claimed_by TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      );
      CREATE INDEX title ON todo (set_id, parent_id, title);
      CREATE INDEX place ON todo (set_id, parent_id, sort_order);
      CREATE INDEX child ON todo (parent_id);
      CREATE TABLE assignee (todo_id TEXT NOT NULL, user_id TEXT NOT NULL, UNIQUE (todo_id, user_id));
    `);
  }

  list(setId: string): TodoRow[] {
    return this.sql.exec<TodoRow>(`${SELECT} WHERE set_id = ? ORDER BY sort_order, created_at, todo.rowid`, setId).toArray();
  }

  find(id: string): TodoRow | undefined {
    return this.sql.exec<TodoRow>(`${SELECT} WHERE id = ?`, id).toArray()[0];
  }

  count(setId: string): number {
    return this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM todo WHERE set_id = ?", setId).one().count;
  }

  /** Whether another todo of that place than `except` has the title. */
  hasTitle(setId: string, parentId: string | null, title: string, except: string | null): boolean {
    return (
      this.sql
        .exec("SELECT 1 FROM todo WHERE set_id = ? AND parent_id IS ? AND title = ? AND id IS NOT ? LIMIT 1", setId, parentId, title, except)
        .toArray().length > 0
    );
  }

  add({ setId, userId, parentId, title }: Draft, now: number): TodoRow {
    const { id } = this.sql
      .exec<{ id: string }>(
        `INSERT INTO todo (id, set_id, user_id, parent_id, title, sort_order, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, (SELECT ${BEHIND} FROM todo WHERE set_id = ? AND parent_id IS ?), ?, ?) RETURNING id`,
        crypto.randomUUID(),
        setId,
        userId,
        parentId,
        title,
        setId,
        parentId,
        now,
        now,
      )
      .one();
    return this.find(id)!;
  }

  change(id: string, { title, completed, sortOrder }: Patch, now: number): void {
    this.sql.exec(
      `UPDATE todo SET title = coalesce(?, title), completed = coalesce(?, completed), sort_order = coalesce(?, sort_order),
         updated_at = ? WHERE id = ?`,
      title ?? null,
      completed === undefined ? null : Number(completed),
      sortOrder ?? null,
      now,
      id,
    );
  }

  /** Ids that are not of the set are passed over. */
  reorder(setId: string, items: Placed[], now: number): void {
    for (const { id, sortOrder } of items) {
      this.sql.exec("UPDATE todo SET sort_order = ?, updated_at = ? WHERE id = ? AND set_id = ?", sortOrder, now, id, setId);
    }
  }

  /** Removes the todo and all that is below it. */
  remove(id: string): void {
    this.sql.exec(`${SUBTREE} DELETE FROM assignee WHERE todo_id IN subtree`, id);
    this.sql.exec(`${SUBTREE} DELETE FROM todo WHERE id IN subtree`, id);
  }

  /** How many todos {@link remove} and {@link move} take along, itself included. */
  weight(id: string): number {
    return this.sql.exec<{ count: number }>(`${SUBTREE} SELECT count(*) AS count FROM subtree`, id).one().count;
  }

  /** Makes the todo a root of the set; what is below it stays below it. */
  move(id: string, setId: string, to: "top" | "bottom", now: number): void {
    const place = to === "top" ? BEFORE : BEHIND;
    const { order } = this.sql
      .exec<{ order: number }>(`SELECT ${place} AS "order" FROM todo WHERE set_id = ? AND parent_id IS NULL AND id <> ?`, setId, id)
      .one();
    this.sql.exec(`${SUBTREE} UPDATE todo SET set_id = ?, updated_at = ? WHERE id IN subtree`, id, setId, now);
    this.sql.exec("UPDATE todo SET parent_id = NULL, sort_order = ? WHERE id = ?", order, id);
  }

  /** `null` releases it. */
  claim(id: string, userId: string | null, now: number): void {
    this.sql.exec("UPDATE todo SET claimed_by = ?, updated_at = ? WHERE id = ?", userId, now, id);
  }

  /** Replaces the assignees. Whoever is no member is passed over. */
  assign(id: string, userIds: string[], now: number): void {
    this.sql.exec("DELETE FROM assignee WHERE todo_id = ?", id);
    for (const userId of userIds) {
      this.sql.exec("INSERT INTO assignee (todo_id, user_id) SELECT ?, user_id FROM member WHERE user_id = ?", id, userId);
    }
    this.sql.exec("UPDATE todo SET updated_at = ? WHERE id = ?", now, id);
  }

  assigneesOf(id: string): Assignee[] {
    return this.sql.exec<AssigneeRow>(`${SELECT_ASSIGNEES} WHERE todo_id = ? ORDER BY assignee.rowid`, id).toArray().map(assigneeOf);
  }

  /** By the id of the todo; one without assignees is not there. */
  assigneesIn(setId: string): Map<string, Assignee[]> {
    const rows = this.sql.exec<AssigneeRow>(`${SELECT_ASSIGNEES} JOIN todo ON todo.id = todo_id WHERE set_id = ? ORDER BY assignee.rowid`, setId);
    const byTodo = new Map<string, Assignee[]>();
    for (const row of rows) {
      const assignees = byTodo.get(row.todo_id) ?? [];
      assignees.push(assigneeOf(row));
      byTodo.set(row.todo_id, assignees);
    }
    return byTodo;
  }
}

const SELECT = "SELECT todo.*, member.display_name AS claimed_by_name FROM todo LEFT JOIN member ON member.user_id = claimed_by";

const SELECT_ASSIGNEES = "SELECT todo_id, assignee.user_id, display_name, username FROM assignee JOIN member ON member.user_id = assignee.user_id";

// By hand and not by foreign keys: a cascade ends at a thousand levels.
const SUBTREE = "WITH RECURSIVE subtree (id) AS (SELECT ? UNION ALL SELECT todo.id FROM todo JOIN subtree ON todo.parent_id = subtree.id)";

const BEHIND = "coalesce(max(sort_order), 0) + 1";
const BEFORE = "coalesce(min(sort_order), 2) - 1";

type AssigneeRow = { todo_id: string; user_id: string; display_name: string; username: string };

function assigneeOf(row: AssigneeRow): Assignee {
  return { userId: row.user_id, name: row.display_name, username: row.username, avatarUrl: null };
}
