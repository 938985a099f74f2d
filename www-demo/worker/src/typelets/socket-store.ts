import { hasTable } from "../tables";
import type { Peer } from "./peer";

/** What the hub keeps of open sockets, by their ids: too much for what the platform keeps with each. */
export class SocketStore {
  constructor(private readonly sql: SqlStorage) {}

  create(): void {
    this.sql.exec(`
      CREATE TABLE joined (socket TEXT NOT NULL, note_id TEXT NOT NULL, PRIMARY KEY (socket, note_id)) WITHOUT ROWID;
      CREATE TABLE nonce (socket TEXT NOT NULL, nonce TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (socket, nonce)) WITHOUT ROWID;
      CREATE INDEX expiry ON nonce (expires_at);
    `);
  }

  join({ id }: Peer, noteId: string): void {
    this.sql.exec("INSERT INTO joined (socket, note_id) VALUES (?, ?) ON CONFLICT DO NOTHING", id, noteId);
  }

  leave({ id }: Peer, noteId: string): void {
    this.sql.exec("DELETE FROM joined WHERE socket = ? AND note_id = ?", id, noteId);
  }

  hasJoined({ id }: Peer, noteId: string): boolean {
    return this.sql.exec("SELECT 1 FROM joined WHERE socket = ? AND note_id = ?", id, noteId).toArray().length > 0;
  }

  /** The notes are gone for good. */
  forgetNotes(noteIds: string[]): void {
    this.sql.exec("DELETE FROM joined WHERE note_id IN (SELECT value FROM json_each(?))", JSON.stringify(noteIds));
  }

  /**
   * Tells whether the socket uses the nonce for the first time, and remembers it until its frame would be too old anyway. A socket's
   * limit of frames bounds how many there are.
   */
  useNonce({ id }: Peer, nonce: string, expiresAt: number, now: number): boolean {
    this.sql.exec("DELETE FROM nonce WHERE expires_at < ?", now);
    const statement = "INSERT INTO nonce (socket, nonce, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING nonce";
    return this.sql.exec(statement, id, nonce, expiresAt).toArray().length > 0;
  }

  counts(): { joined: number; nonces: number } {
    return this.sql
      .exec<{ joined: number; nonces: number }>("SELECT (SELECT count(*) FROM joined) AS joined, (SELECT count(*) FROM nonce) AS nonces")
      .one();
  }

  /** Forgets all sockets but these: some ended without a word while the object did not run. */
  keepOnly(ids: string[]): void {
    if (!hasTable(this.sql, "joined")) return;
    for (const table of ["joined", "nonce"]) {
      this.sql.exec(`DELETE FROM ${table} WHERE socket NOT IN (SELECT value FROM json_each(?))`, JSON.stringify(ids));
    }
  }
}
