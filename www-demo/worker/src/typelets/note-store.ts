import { hasTable } from "../tables";

/** What a note holds. `null` where a note of plain text has nothing sealed, and the other way round. */
export interface Note {
  folderId: string | null;
  title: string;
  content: string;
  encryptedTitle: string | null;
  encryptedContent: string | null;
  iv: string | null;
  salt: string | null;
  starred: boolean;
  archived: boolean;
  deleted: boolean;
  hidden: boolean;
  tags: string[];
}

/** What a write changes; what is absent stays. */
export type Patch = Partial<Note>;

/** Times are in milliseconds. */
export type NoteRow = Note & { id: string; createdAt: number; updatedAt: number };

/** One user's notes. A note that was deleted stays, in the trash. */
export class NoteStore {
  constructor(private readonly sql: SqlStorage) {}

  create(): void {
    this.sql.exec(`
      CREATE TABLE note (
        id TEXT PRIMARY KEY,
        folder_id TEXT,
        title TEXT NOT NULL,
        content TEXT NOT NULL DEFAULT '',
        encrypted_title TEXT,
        encrypted_content TEXT,
        iv TEXT,
        salt TEXT,
        starred INTEGER NOT NULL DEFAULT 0,
        archived INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0,
        hidden INTEGER NOT NULL DEFAULT 0,
        tags TEXT NOT NULL DEFAULT '[]',
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      );
      CREATE INDEX newest ON note (updated_at);
      CREATE INDEX folder_of_note ON note (folder_id);
    `);
  }

  exists(): boolean {
    return hasTable(this.sql, "note");
  }

  /** The newest first, those in the trash included. */
  page(page: number, limit: number): NoteRow[] {
    const rows = this.sql.exec<Stored>("SELECT * FROM note ORDER BY updated_at DESC, rowid DESC LIMIT ? OFFSET ?", limit, (page - 1) * limit);
    return rows.toArray().map(rowOf);
  }

  count(): number {
    return this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM note").one().count;
  }

  find(id: string): NoteRow | undefined {
    const [stored] = this.sql.exec<Stored>("SELECT * FROM note WHERE id = ?", id).toArray();
    return stored && rowOf(stored);
  }

  add(note: Patch & { title: string }, now: number): NoteRow {
    const set = { ...columnsOf(note), id: crypto.randomUUID(), created_at: now, updated_at: now };
    const names = Object.keys(set);
    const statement = `INSERT INTO note (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")}) RETURNING *`;
    return rowOf(this.sql.exec<Stored>(statement, ...Object.values(set)).one());
  }

  /** The note has to exist. Without any change it is the newest all the same. */
  change(id: string, patch: Patch, now: number): NoteRow {
    const set = { ...columnsOf(patch), updated_at: now };
    const assignments = Object.keys(set).map((name) => `${name} = ?`);
    const statement = `UPDATE note SET ${assignments.join(", ")} WHERE id = ? RETURNING *`;
    return rowOf(this.sql.exec<Stored>(statement, ...Object.values(set), id).one());
  }

  /** Removes what is in the trash, for good. Returns the ids. */
  emptyTrash(): string[] {
    const removed = this.sql.exec<{ id: string }>("DELETE FROM note WHERE deleted = 1 RETURNING id");
    return removed.toArray().map(({ id }) => id);
  }
}

type Stored = {
  id: string;
  folder_id: string | null;
  title: string;
  content: string;
  encrypted_title: string | null;
  encrypted_content: string | null;
  iv: string | null;
  salt: string | null;
  starred: number;
  archived: number;
  deleted: number;
  hidden: number;
  tags: string;
  created_at: number;
  updated_at: number;
};

/** Names of columns come from here alone, never from what a client sent. */
const COLUMNS: Record<keyof Note, string> = {
  folderId: "folder_id",
  title: "title",
  content: "content",
  encryptedTitle: "encrypted_title",
  encryptedContent: "encrypted_content",
  iv: "iv",
  salt: "salt",
  starred: "starred",
  archived: "archived",
  deleted: "deleted",
  hidden: "hidden",
  tags: "tags",
};

function columnsOf(patch: Patch): Record<string, SqlStorageValue> {
  const set: Record<string, SqlStorageValue> = {};
  for (const [field, column] of Object.entries(COLUMNS) as [keyof Note, string][]) {
    const value = patch[field];
    if (value === undefined) continue;
    set[column] = Array.isArray(value) ? JSON.stringify(value) : typeof value === "boolean" ? Number(value) : value;
  }
  return set;
}

function rowOf(stored: Stored): NoteRow {
  return {
    id: stored.id,
    folderId: stored.folder_id,
    title: stored.title,
    content: stored.content,
    encryptedTitle: stored.encrypted_title,
    encryptedContent: stored.encrypted_content,
    iv: stored.iv,
    salt: stored.salt,
    starred: stored.starred === 1,
    archived: stored.archived === 1,
    deleted: stored.deleted === 1,
    hidden: stored.hidden === 1,
    tags: JSON.parse(stored.tags),
    createdAt: stored.created_at,
    updatedAt: stored.updated_at,
  };
}
