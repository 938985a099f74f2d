import { MAX_SESSIONS } from "./limits";
import { hasTable } from "./tables";

/**
 * An account's secret and its sessions, as SHA-256 hashes in hex.
 *
 * A user id that nobody registered has an object too, as soon as somebody asks for it; it stays without tables, so that guessing ids
 * leaves nothing behind.
 */
export class Account {
  constructor(private readonly sql: SqlStorage) {}

  create(secretHash: string): void {
    this.sql.exec(`
      CREATE TABLE account (secret_hash TEXT NOT NULL);
      CREATE TABLE session (token_hash TEXT PRIMARY KEY, expires_at INTEGER NOT NULL);
    `);
    this.sql.exec("INSERT INTO account (secret_hash) VALUES (?)", secretHash);
  }

  hasSecret(secretHash: string): boolean {
    if (!this.exists()) return false;
    return isSame(this.sql.exec<{ secret_hash: string }>("SELECT secret_hash FROM account").one().secret_hash, secretHash);
  }

  /** Whether the session exists and has not expired. */
  hasSession(tokenHash: string, now: number): boolean {
    if (!this.exists()) return false;
    return this.hashes("SELECT token_hash FROM session WHERE expires_at > ?", now).some((hash) => isSame(hash, tokenHash));
  }

  /** Returns the sessions that were ended to make room for it. */
  openSession(tokenHash: string, expiresAt: number): string[] {
    this.sql.exec("INSERT INTO session (token_hash, expires_at) VALUES (?, ?)", tokenHash, expiresAt);
    return this.hashes(
      `DELETE FROM session WHERE rowid NOT IN (SELECT rowid FROM session ORDER BY expires_at DESC, rowid DESC LIMIT ?)
       RETURNING token_hash`,
      MAX_SESSIONS,
    );
  }

  renewSession(tokenHash: string, expiresAt: number): void {
    this.sql.exec("UPDATE session SET expires_at = ? WHERE token_hash = ?", expiresAt, tokenHash);
  }

  endSession(tokenHash: string): void {
    this.sql.exec("DELETE FROM session WHERE token_hash = ?", tokenHash);
  }

  /** Returns the sessions that were ended. */
  endExpired(now: number): string[] {
    return this.hashes("DELETE FROM session WHERE expires_at <= ? RETURNING token_hash", now);
  }

  /** When the next session expires, or `null` if there is none. */
  nextExpiry(): number | null {
    return this.sql.exec<{ next: number | null }>("SELECT min(expires_at) AS next FROM session").one().next;
  }

  private hashes(statement: string, parameter: number): string[] {
    const rows = this.sql.exec<{ token_hash: string }>(statement, parameter).toArray();
    return rows.map((row) => row.token_hash);
  }

  private exists(): boolean {
    return hasTable(this.sql, "account");
  }
}

/** In constant time. Both are hashes in hex, so of equal length. */
function isSame(one: string, other: string): boolean {
  const encoder = new TextEncoder();
  return crypto.subtle.timingSafeEqual(encoder.encode(one), encoder.encode(other));
}
