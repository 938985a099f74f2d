// Several ways to do the same, measured in turns, so that what slows the machine for a while slows all of them.

const ROUNDS = 41;
/** How long one of them runs in a round, in milliseconds: long against the steps of the clock. */
const SPAN = 15;
const MAX_CALLS = 200;

/** Microseconds of each call, the median of all rounds, by the names of `ways`. */
export async function measure(ways) {
  const names = Object.keys(ways);
  // The first calls are slow, and tell how many fill a span.
  const calls = {};
  for (const name of names) {
    await microseconds(ways[name], 10);
    calls[name] = Math.max(1, Math.min(MAX_CALLS, Math.round((SPAN * 1_000) / (await microseconds(ways[name], 10)))));
  }
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    // Each is the first as often as the others: garbage of one may be collected while the next runs.
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      seen[name].push(await microseconds(ways[name], calls[name]));
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(seen[name])]));
}

async function microseconds(way, calls) {
  const start = performance.now();
  for (let call = 0; call < calls; call++) await way();
  return ((performance.now() - start) * 1_000) / calls;
}

function median(values) {
  return values.sort((one, other) => one - other)[values.length >> 1];
}
