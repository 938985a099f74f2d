import { useCallback, useEffect, useRef, useState } from "react";
import { count, counted, dateAndTime, size } from "../format";
import { NOTHING_READ, readOn, type HeldRow } from "../held";
import { troubleText } from "../notices";
import { TEST_ID } from "../test-hooks";
import { useShown } from "./hooks";
import { PanelHeader } from "./panel-header";
import { Trouble } from "./trouble";

const ROWS_AT_ONCE = 50;
const QUIET_MS = 500;

/** The account as the server has it: read from it, and not decrypted. */
export function ServerPanel({ onClose }: { onClose: () => void }) {
  const { held, reading, trouble, read } = useHeldRows();
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const rows = [...held.rows];
  const bytes = rows.reduce((sum, [, row]) => sum + row.bytes, 0);

  return (
    <section className="server-panel" aria-labelledby="server-panel-title" data-testid={TEST_ID.serverPanel}>
      <PanelHeader id="server-panel-title" title="What the server holds" close="Close the server panel" onClose={onClose} />
      <p>
        The server sees ids, types, operations, times, sizes and which installation sealed a row. It does not see titles,
        addresses, folder names, nor what lies where.
      </p>
      <p className="panel-sum">
        <strong>{counted(rows.length, "row")}</strong>,{" "}
        <data value={bytes} data-testid={TEST_ID.serverBytes}>
          {size(bytes)}
        </data>{" "}
        sealed
        <button type="button" className="link-button" disabled={reading} onClick={read}>
          {reading ? "Reading…" : held.more && rows.length > 0 ? "Read on" : "Read again"}
        </button>
      </p>
      <Trouble>{trouble}</Trouble>
      {!reading && !trouble && rows.length === 0 && (
        <p className="quiet">Nothing yet. Add a bookmark, and its sealed row appears here.</p>
      )}
      <ol className="held-rows" aria-label="Rows, newest first">
        {rows
          .slice(-shown)
          .reverse()
          .map(([name, row]) => (
            <HeldRowItem key={name} name={name} row={row} />
          ))}
      </ol>
      {rows.length > shown && (
        <button type="button" className="button" onClick={() => setShown(shown + ROWS_AT_ONCE)}>
          Show {count(Math.min(ROWS_AT_ONCE, rows.length - shown))} older
        </button>
      )}
    </section>
  );
}

function HeldRowItem({ name, row }: { name: string; row: HeldRow }) {
  return (
    <li className="held-row" data-testid={TEST_ID.serverRow} data-entity={name}>
      <span className="held-what">
        {row.entityType} <span className="held-operation">{row.operation}</span>
      </span>
      <span className="held-when">
        {dateAndTime(row.timestamp)} · {size(row.bytes)}
      </span>
      <code className="held-id">{row.entityId}</code>
      <code className="held-body">{row.beginning}…</code>
    </li>
  );
}

/**
 * Reads when the panel opens, and again when what this device shows has changed, or what waits, and then is quiet. Not by `lastSync`: where
 * another tab has the connection, this one does not know it.
 */
function useHeldRows() {
  const { pending } = useShown("status");
  const [bookmarks, folders, visits] = [useShown("bookmarks"), useShown("folders"), useShown("visits")];
  const [held, setHeld] = useState(NOTHING_READ);
  const [reading, setReading] = useState(true);
  const [trouble, setTrouble] = useState<string | null>(null);
  const known = useRef(NOTHING_READ);
  const busy = useRef(false);

  const read = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    setReading(true);
    setTrouble(null);
    try {
      for await (const page of readOn(known.current)) {
        known.current = page;
        setHeld(page);
      }
    } catch (cause) {
      setTrouble(troubleText(cause));
    } finally {
      busy.current = false;
      setReading(false);
    }
  }, []);

  useEffect(() => {
    const timer = setTimeout(read, known.current === NOTHING_READ ? 0 : QUIET_MS);
    return () => clearTimeout(timer);
  }, [bookmarks, folders, visits, pending, read]);

  return { held, reading, trouble, read };
}
