/** A change that the server has refused for good. */
export interface RefusedChange {
  id: string;
  what: string;
  why: string;
  /** It depends on another change, and shares its fate. */
  depends: boolean;
}

interface Props {
  changes: readonly RefusedChange[];
  onRetry: (id: string) => void;
  onDiscard: (id: string) => void;
}

/** What the server has refused, until the user decides. */
export function RefusedCard({ changes, onRetry, onDiscard }: Props) {
  if (changes.length === 0) return null;
  return (
    <section className="card refused" aria-labelledby="refused-title">
      <h2 id="refused-title">Refused by the server</h2>
      <ul>
        {changes.map(({ id, what, why, depends }) => (
          <li key={id}>
            <p>
              <strong>{what}</strong>
              <br />
              <span className="quiet">{depends ? "Depends on another change that was refused." : why}</span>
            </p>
            {!depends && (
              <div className="actions">
                <button type="button" className="button" aria-label={`Retry: ${what}`} onClick={() => onRetry(id)}>
                  Retry
                </button>
                <button type="button" className="button" aria-label={`Discard: ${what}`} onClick={() => onDiscard(id)}>
                  Discard
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
