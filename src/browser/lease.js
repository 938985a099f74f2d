// Which tab may send in a browser without Web Locks: the one that goes on changing a record of the database. As with Web Locks the epoch
// guards what it does.

import { CONFLICT, DONE, GUARD, Transaction, WRITE } from "./database/transaction.js";

/** Milliseconds between two looks of a tab that waits. The one that has the lease renews it half as often. */
const LOOK_MS = 1_000;
/**
 * The lease is over after so many looks in a row at the same record. They are counted, not timed: after sleep all clocks have moved, and a tab
 * whose timers the browser slows down bears with another one as long as it looks seldom itself.
 */
const PATIENCE = 6;

/** Rust's `Store::Meta`. */
const META = 0;

/** Tells `true` once this tab has the lease, and `false` once another one has taken it. What it returns gives it back, or waits no more. */
export function lease(place, tell) {
  let isOver = false;
  let isMine = false;
  let looks = 0;
  let timer;
  /** The record as it was seen or written last. It is random: one that was removed does not come again. */
  let record;

  /** Makes `next` of the record, unless that is another one by now. */
  const swap = (next) => {
    const transaction = new Transaction();
    transaction.add(GUARD, META, "lease", record);
    if (next !== record) transaction.add(WRITE, META, "lease", next);
    return place.run(transaction).catch(() => []);
  };
  const release = () => void (isMine && swap());
  const turn = async () => {
    const takes = isMine || !record || looks >= PATIENCE;
    const next = takes ? crypto.getRandomValues(new Uint8Array(8)) : record;
    const [outcome, found] = await swap(next);
    const wasMine = isMine;
    if (outcome === DONE) {
      isMine = takes;
      record = next;
      looks++;
    }
    if (outcome === CONFLICT) {
      isMine = false;
      record = found;
      looks = 0;
    }
    if (isOver) return release();
    const isFree = outcome === CONFLICT && !found;
    timer = setTimeout(turn, isFree ? 0 : isMine ? 2 * LOOK_MS : LOOK_MS);
    if (isMine !== wasMine) tell(isMine);
  };

  turn();
  return () => {
    isOver = true;
    clearTimeout(timer);
    release();
  };
}
