export type Folder = {
  name: string;
  color: string;
  parentId: string | null;
};

/** Times are in milliseconds. `noteCount` counts what is neither deleted nor archived. */
export type FolderRow = Folder & { id: string; sortOrder: number; noteCount: number; createdAt: number; updatedAt: number };

/** One user's folders, which may lie in one another. */
export class FolderStore {
  constructor(private readonly sql: SqlStorage) {}

  create(): void {
    this.sql.exec(`
      CREATE TABLE folder (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        color TEXT NOT NULL,
        parent_id TEXT,
        sort_order INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      );
    `);
  }

  page(page: number, limit: number): FolderRow[] {
    const order = "ORDER BY sort_order, created_at DESC, rowid DESC LIMIT ? OFFSET ?";
    return this.sql.exec<FolderRow>(`${SELECT} ${order}`, limit, (page - 1) * limit).toArray();
  }

  count(): number {
    return this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM folder").one().count;
  }

  find(id: string): FolderRow | undefined {
    return this.sql.exec<FolderRow>(`${SELECT} WHERE id = ?`, id).toArray()[0];
  }

  /** Puts it behind its siblings. */
  add({ name, color, parentId }: Folder, now: number): FolderRow {
    const id = crypto.randomUUID();
    this.sql.exec(
      `INSERT INTO folder (id, name, color, parent_id, sort_order, created_at, updated_at)
       VALUES (?, ?, ?, ?, (SELECT coalesce(max(sort_order), -1) + 1 FROM folder WHERE parent_id IS ?), ?, ?)`,
      id,
      name,
      color,
      parentId,
      parentId,
      now,
      now,
    );
    return this.find(id)!;
  }

  /** The folder has to exist. */
  change(folder: FolderRow, patch: Partial<Folder>, now: number): FolderRow {
    const { name, color, parentId } = { ...folder, ...patch };
    this.sql.exec("UPDATE folder SET name = ?, color = ?, parent_id = ?, updated_at = ? WHERE id = ?", name, color, parentId, now, folder.id);
    return this.find(folder.id)!;
  }

  /** Notes in the trash that lay in it lie nowhere from now on. */
  remove(id: string): void {
    this.sql.exec("UPDATE note SET folder_id = NULL WHERE folder_id = ?", id);
    this.sql.exec("DELETE FROM folder WHERE id = ?", id);
  }

  /** Whether something is in it, but for what is in the trash. */
  holds(id: string): "notes" | "folders" | undefined {
    const any = (statement: string) => this.sql.exec(statement, id).toArray().length > 0;
    if (any("SELECT 1 FROM note WHERE folder_id = ? AND deleted = 0 LIMIT 1")) return "notes";
    return any("SELECT 1 FROM folder WHERE parent_id = ? LIMIT 1") ? "folders" : undefined;
  }

  /** Whether `id` is `ancestor` or somewhere below it. */
  isWithin(id: string, ancestor: string): boolean {
    const statement = `
      WITH RECURSIVE upward (id) AS (SELECT ? UNION SELECT parent_id FROM folder JOIN upward USING (id) WHERE parent_id IS NOT NULL)
      SELECT 1 FROM upward WHERE id = ?`;
    return this.sql.exec(statement, id, ancestor).toArray().length > 0;
  }
}

const SELECT = `
  SELECT id, name, color, parent_id AS parentId, sort_order AS sortOrder, created_at AS createdAt, updated_at AS updatedAt,
    (SELECT count(*) FROM note WHERE folder_id = folder.id AND deleted = 0 AND archived = 0) AS noteCount
  FROM folder`;
