// Finds an order of functions that compresses well: deflate looks back 32 KB, and the code is several times as long.

const SEQUENCE_BYTES = 5;
// How much a function that stands one place farther back counts.
const FADING = 0.8;

/** The indices of `bodies`, from the largest on; each next one is the most like those just before it. */
export function bySimilarity(bodies) {
  const sequences = bodies.map(sequencesOf);
  const holders = holdersOf(sequences);
  const likeness = new Float64Array(bodies.length);
  const left = new Set(bodies.keys());
  const order = [];
  for (let next = largest(bodies); next !== undefined; next = mostAlike(left, likeness)) {
    left.delete(next);
    order.push(next);
    likeness.forEach((value, index) => (likeness[index] = value * FADING));
    for (const sequence of sequences[next]) {
      const alike = holders.get(sequence);
      for (const index of alike) likeness[index] += 1 / alike.length; // what few have in common counts more
    }
  }
  return order;
}

function sequencesOf(body) {
  const found = new Set();
  for (let at = 0; at + SEQUENCE_BYTES <= body.length; at++) found.add(body.readUIntLE(at, SEQUENCE_BYTES));
  return found;
}

function holdersOf(sequences) {
  const holders = new Map();
  for (const [index, own] of sequences.entries()) {
    for (const sequence of own) {
      if (!holders.has(sequence)) holders.set(sequence, []);
      holders.get(sequence).push(index);
    }
  }
  return holders;
}

function largest(bodies) {
  return [...bodies.keys()].reduce((a, b) => (bodies[b].length > bodies[a].length ? b : a));
}

function mostAlike(left, likeness) {
  let best;
  for (const index of left) if (best === undefined || likeness[index] > likeness[best]) best = index;
  return best;
}
