/** Glint as its first document describes it, and as it is deployed now. A team has one of them for good. */
export type Generation = "seed" | "latest";

export function isGeneration(value: unknown): value is Generation {
  return value === "seed" || value === "latest";
}

/** A moment as the generation prints it: the first one as SQLite does, without a zone. Both are UTC. */
export function printDate(ms: number, generation: Generation): string {
  const iso = new Date(ms).toISOString();
  return generation === "latest" ? iso : iso.slice(0, "2026-11-22T01:15:46".length).replace("T", " ");
}
