/** `created_at` is in milliseconds. */
export type SetRow = {
  id: string;
  user_id: string;
  name: string;
  sort_order: number;
  created_at: number;
};

/** A team's sets, each a list of todos. */
export class SetStore {
  constructor(private readonly sql: SqlStorage) {}

  create(): void {
    this.sql.exec(`
      CREATE TABLE todo_set (
        id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL,
        name TEXT NOT NULL,
        sort_order REAL NOT NULL,
        created_at INTEGER NOT NULL
      );
    `);
  }

  list(): SetRow[] {
    return this.sql.exec<SetRow>("SELECT * FROM todo_set ORDER BY sort_order").toArray();
  }

  has(id: string): boolean {
    return this.sql.exec("SELECT 1 FROM todo_set WHERE id = ?", id).toArray().length > 0;
  }

  /** Puts a new set behind the others. */
  add(userId: string, name: string, now: number): SetRow {
    return this.sql
      .exec<SetRow>(
        `INSERT INTO todo_set (id, user_id, name, sort_order, created_at)
         VALUES (?, ?, ?, (SELECT coalesce(max(sort_order), 0) + 1 FROM todo_set), ?) RETURNING *`,
        crypto.randomUUID(),
        userId,
        name,
        now,
      )
      .one();
  }
}
