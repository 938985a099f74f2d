import { hasTable } from "../tables";
import type { Role } from "./permissions";

/** A user as `GET /api/auth/me` shows it. */
export interface User {
  id: string;
  username: string;
  displayName: string;
  /** The demo has no pictures. */
  avatarUrl: null;
  /** Without the personal one, which every user has. */
  teams: TeamOfUser[];
}

export interface TeamOfUser {
  id: string;
  name: string;
  role: Role;
}

/**
 * A user's name and teams, beside the account. Whether somebody is a member is the team's to say, not this list's.
 *
 * The tables come with the first name: an account that never meets Glint has none.
 */
export class Profile {
  constructor(private readonly sql: SqlStorage) {}

  nameOnce(name: string): void {
    this.create();
    this.sql.exec("INSERT INTO profile (name) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM profile)", name);
  }

  list({ id, name, role }: TeamOfUser): void {
    this.create();
    this.sql.exec("INSERT INTO team (id, name, role) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING", id, name, role);
  }

  /** A user without a name is called by its id. */
  read(userId: string): User {
    const name = this.name() ?? userId;
    return { id: userId, username: usernameOf(name), displayName: name, avatarUrl: null, teams: this.teams() };
  }

  private name(): string | undefined {
    if (!this.exists()) return undefined;
    return this.sql.exec<{ name: string }>("SELECT name FROM profile").toArray()[0]?.name;
  }

  private teams(): TeamOfUser[] {
    if (!this.exists()) return [];
    return this.sql.exec<{ id: string; name: string; role: Role }>("SELECT id, name, role FROM team ORDER BY rowid").toArray();
  }

  private create(): void {
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS profile (name TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS team (id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL);
    `);
  }

  private exists(): boolean {
    return hasTable(this.sql, "profile");
  }
}

function usernameOf(name: string): string {
  return name.toLowerCase().replace(/\s+/g, "-");
}
