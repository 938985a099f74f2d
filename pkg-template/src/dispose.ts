/** What `using` calls at the end of a block. A browser that has no such symbol yet gets the one that compilers of `using` take in its place. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
