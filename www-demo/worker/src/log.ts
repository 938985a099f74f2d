import type { SyncEvent } from "../../../pkg-template/src/types";
import { MAX_PAGE_LENGTH } from "./limits";

/** How many of an account's latest events to read, and from where. */
export interface PageQuery {
  /** `seq`: by the order of acceptance; `arrived_at`: by the time of acceptance. */
  by: Cursor;
  /** What was accepted after this value. */
  after: number;
  limit: number;
}

export interface Page {
  changes: SyncEvent[];
  /** Where the next page begins. */
  next: number;
  more: boolean;
}

export type Cursor = "seq" | "arrived_at";

/**
 * The latest event of each entity, deletes included, in the order in which the server took them.
 *
 * No row is ever removed and a new event moves its entity's row to the end, so the greatest `seq` and `arrived_at` never go
 * back. Both are unique: where events arrive within one millisecond, or the clock goes back, `arrived_at` runs ahead of the
 * clock by a millisecond an event. A page that ends anywhere is thus continued without a gap by either of them.
 */
export class EventLog {
  constructor(private readonly sql: SqlStorage) {}

  create(): void {
    this.sql.exec(`
      CREATE TABLE event (
        entity_type TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        seq INTEGER NOT NULL UNIQUE,
        arrived_at INTEGER NOT NULL UNIQUE,
        id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        operation TEXT NOT NULL,
        timestamp INTEGER NOT NULL,
        device_id TEXT NOT NULL,
        encrypted_data TEXT,
        data_hash TEXT NOT NULL,
        conflict_resolved INTEGER NOT NULL,
        resolution_strategy TEXT,
        PRIMARY KEY (entity_type, entity_id)
      );
      CREATE INDEX present ON event (entity_type) WHERE operation <> 'delete';
    `);
  }

  /**
   * Stores the event if its stamp is above the entity's, and tells whether it did. The same event again is not above itself.
   * SQLite compares text by the bytes of its UTF-8, as the stamp's order asks for.
   */
  take(event: SyncEvent, now: number): boolean {
    const stored = this.sql.exec(
      `INSERT INTO event (
         seq, arrived_at,
         entity_type, entity_id, id, user_id, operation, timestamp, device_id,
         encrypted_data, data_hash, conflict_resolved, resolution_strategy
       ) VALUES (
         (SELECT coalesce(max(seq), 0) + 1 FROM event), max(?, (SELECT coalesce(max(arrived_at), 0) + 1 FROM event)),
         ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
       )
       ON CONFLICT (entity_type, entity_id) DO UPDATE SET
         seq = excluded.seq, arrived_at = excluded.arrived_at,
         id = excluded.id, user_id = excluded.user_id, operation = excluded.operation,
         timestamp = excluded.timestamp, device_id = excluded.device_id,
         encrypted_data = excluded.encrypted_data, data_hash = excluded.data_hash,
         conflict_resolved = excluded.conflict_resolved, resolution_strategy = excluded.resolution_strategy
       WHERE (excluded.timestamp, excluded.device_id, excluded.id) > (timestamp, device_id, id)
       RETURNING seq`,
      now,
      event.entity_type,
      event.entity_id,
      event.id,
      event.user_id,
      event.operation,
      event.timestamp,
      event.device_id,
      event.encrypted_data ?? null,
      event.data_hash,
      event.conflict_resolved ? 1 : 0,
      event.resolution_strategy ?? null,
    );
    return stored.toArray().length > 0;
  }

  /** Has at least one event if there is one. A cursor ahead of the log, which this log never gave, is brought back to its end. */
  page({ by, after, limit }: PageQuery): Page {
    const changes: SyncEvent[] = [];
    let next = Math.min(after, this.end(by));
    let length = 0;
    for (const row of this.sql.exec<Row>(PAGE[by], after, limit + 1)) {
      if (changes.length === limit || length > MAX_PAGE_LENGTH) return { changes, next, more: true };
      changes.push(eventOf(row));
      length += (row.encrypted_data?.length ?? 0) + (row.resolution_strategy?.length ?? 0);
      next = row[by];
    }
    return { changes, next, more: false };
  }

  /** The greatest `seq` or `arrived_at`; 0 in an empty log. */
  end(by: Cursor): number {
    return this.sql.exec<{ end: number }>(END[by]).one().end;
  }

  bookmarks(): number {
    return this.sql
      .exec<{ count: number }>("SELECT count(*) AS count FROM event WHERE entity_type = 'bookmark' AND operation <> 'delete'")
      .one().count;
  }
}

const PAGE: Record<Cursor, string> = {
  seq: "SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
  arrived_at: "SELECT * FROM event WHERE arrived_at > ? ORDER BY arrived_at LIMIT ?",
};

const END: Record<Cursor, string> = {
  seq: "SELECT coalesce(max(seq), 0) AS end FROM event",
  arrived_at: "SELECT coalesce(max(arrived_at), 0) AS end FROM event",
};

type Row = Record<Cursor, number> & {
  entity_type: string;
  entity_id: string;
  id: string;
  user_id: string;
  operation: string;
  timestamp: number;
  device_id: string;
  encrypted_data: string | null;
  data_hash: string;
  conflict_resolved: number;
  resolution_strategy: string | null;
};

function eventOf(row: Row): SyncEvent {
  return {
    id: row.id,
    user_id: row.user_id,
    entity_type: row.entity_type as SyncEvent["entity_type"],
    entity_id: row.entity_id,
    operation: row.operation as SyncEvent["operation"],
    timestamp: row.timestamp,
    device_id: row.device_id,
    encrypted_data: row.encrypted_data ?? undefined,
    data_hash: row.data_hash,
    conflict_resolved: row.conflict_resolved === 1,
    resolution_strategy: row.resolution_strategy ?? undefined,
  };
}
