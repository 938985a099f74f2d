import { useId, useState } from "react";
import { counted, size } from "../../format";
import { TEST_ID } from "../../test-hooks";
import { MOST_ENTRIES, type WireEntry } from "../../wire/record";
import { WireRow } from "./wire-row";

interface Props {
  /** The newest at the end. */
  entries: readonly WireEntry[];
  onClear: () => void;
  /** Whether it is of two devices. */
  both?: boolean;
}

/** What goes between this page and the server, and what of it the server can read. */
export function WireTimeline({ entries, onClear, both = false }: Props) {
  const [held, setHeld] = useState<readonly WireEntry[] | null>(null);
  const id = useId();
  const shown = held ?? entries;
  const paused = held !== null;

  function clear() {
    if (paused) setHeld([]);
    onClear();
  }

  return (
    <section className="wire" aria-labelledby={id} data-testid={TEST_ID.wire}>
      <header className="panel-header">
        <h2 id={id}>On the wire</h2>
        <div className="wire-tools">
          <button type="button" className="button" aria-pressed={paused} onClick={() => setHeld(paused ? null : entries)}>
            Pause
          </button>
          <button type="button" className="button" onClick={clear}>
            Clear
          </button>
        </div>
      </header>
      <Sum entries={shown} />
      <p className="quiet">
        <span className="sealed">Hatched</span> is ciphertext, which the server carries and cannot read. Credentials are not shown; the last{" "}
        {MOST_ENTRIES} are kept.
      </p>
      {shown.length === 0 ? (
        <p className="quiet">Nothing yet. Change something, and its frames appear here.</p>
      ) : (
        <ol className="wire-entries" aria-label="Frames and requests, newest first" data-both={both}>
          {shown.toReversed().map((entry) => (
            <WireRow key={entry.id} entry={entry} both={both} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Sum({ entries }: { entries: readonly WireEntry[] }) {
  const all = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const sealed = entries.reduce((sum, { anatomy }) => sum + (anatomy?.sealedBytes ?? 0), 0);
  return (
    <div className="wire-sum">
      <Share sealed={all === 0 ? 0 : sealed / all} />
      <p>
        {counted(entries.length, "frame or request", "frames and requests")}, {size(all)}: <strong>{size(sealed)} sealed</strong>,{" "}
        {size(all - sealed)} readable
      </p>
    </div>
  );
}

/** How much is sealed, as a bar; in words it is said beside it. */
export function Share({ sealed }: { sealed: number }) {
  return (
    <svg className="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width={sealed * 100} height="1" />
    </svg>
  );
}
