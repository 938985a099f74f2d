// Time that passes.

/** Resolves later, in a task of its own. */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
