import { hasTable } from "../tables";
import { NO_FAULTS, type Faults } from "./faults";
import type { Generation } from "./generation";
import type { Role } from "./permissions";

export interface Member {
  userId: string;
  username: string;
  displayName: string;
  role: Role;
}

/**
 * The team itself and its members.
 *
 * A team that nobody made has an object too, as soon as somebody asks for it; it stays without tables, so that guessing ids leaves
 * nothing behind.
 */
export class TeamStore {
  constructor(private readonly sql: SqlStorage) {}

  create(generation: Generation): void {
    this.sql.exec(`
      CREATE TABLE team (generation TEXT NOT NULL, faults TEXT NOT NULL);
      CREATE TABLE member (user_id TEXT PRIMARY KEY, username TEXT NOT NULL, display_name TEXT NOT NULL, role TEXT NOT NULL);
    `);
    this.sql.exec("INSERT INTO team (generation, faults) VALUES (?, ?)", generation, JSON.stringify(NO_FAULTS));
  }

  exists(): boolean {
    return hasTable(this.sql, "team");
  }

  generation(): Generation {
    return this.sql.exec<{ generation: Generation }>("SELECT generation FROM team").one().generation;
  }

  faults(): Faults {
    return JSON.parse(this.sql.exec<{ faults: string }>("SELECT faults FROM team").one().faults);
  }

  setFaults(faults: Faults): void {
    this.sql.exec("UPDATE team SET faults = ?", JSON.stringify(faults));
  }

  member(userId: string): Member | undefined {
    const [row] = this.sql.exec<MemberRow>("SELECT * FROM member WHERE user_id = ?", userId).toArray();
    return row && { userId: row.user_id, username: row.username, displayName: row.display_name, role: row.role };
  }

  addMember({ userId, username, displayName, role }: Member): void {
    this.sql.exec("INSERT INTO member (user_id, username, display_name, role) VALUES (?, ?, ?, ?)", userId, username, displayName, role);
  }

  size(): number {
    return this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM member").one().count;
  }
}

type MemberRow = { user_id: string; username: string; display_name: string; role: Role };
