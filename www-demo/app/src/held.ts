import type { SyncEvent } from "sealwire";
import { LATEST_TIME } from "./model";
import { heldAfter, ServerError } from "./server";

/** One entity as the server has it. Nothing of it is opened. */
export interface HeldRow {
  entityType: string;
  entityId: string;
  operation: string;
  timestamp: number;
  /** The size of the sealed body. */
  bytes: number;
  /** The first characters of the sealed body, as base64. */
  beginning: string;
}

export interface HeldRows {
  /** One row an entity, the last one that the server took at the end. */
  rows: ReadonlyMap<string, HeldRow>;
  /** The server's number of the last row that was read. */
  sequence: number;
  /** Whether the server has more than has been read. */
  more: boolean;
}

export const NOTHING_READ: HeldRows = { rows: new Map(), sequence: 0, more: true };

const PAGE = 50;
const MOST_PAGES = 200;
const BEGINNING_CHARACTERS = 64;

/** Reads on from where `known` ends, page by page, and yields what is known then; ends after 10,000 rows at the latest. */
export async function* readOn(known: HeldRows): AsyncGenerator<HeldRows> {
  for (let page = 0; page < MOST_PAGES; page++) {
    const { changes, next_seq: sequence, has_more: more } = await heldAfter(known.sequence, PAGE);
    if (more && sequence <= known.sequence) {
      throw new ServerError("The server's answer does not lead on: it gave the same page twice. This is a fault of the server.");
    }
    known = { rows: withChanges(known.rows, changes), sequence, more };
    yield known;
    if (!more) return;
  }
}

function withChanges(rows: HeldRows["rows"], changes: SyncEvent[]): HeldRows["rows"] {
  if (changes.length === 0) return rows;
  const result = new Map(rows);
  for (const change of changes) {
    const name = `${change.entity_type}/${change.entity_id}`;
    // Deleted first: a map keeps an entry at its old place.
    result.delete(name);
    result.set(name, heldRow(change));
  }
  return result;
}

function heldRow({ entity_type, entity_id, operation, timestamp, encrypted_data: body = "" }: SyncEvent): HeldRow {
  return {
    entityType: entity_type,
    entityId: entity_id,
    operation,
    timestamp: Math.min(timestamp, LATEST_TIME),
    bytes: Math.floor((body.length * 3) / 4) - (body.match(/=*$/)?.[0].length ?? 0),
    beginning: body.slice(0, BEGINNING_CHARACTERS),
  };
}
