// Whether what the app gives is of the kind that is asked for.

/** A string without lone surrogates, which UTF-8 cannot hold. */
export function isWellFormed(value) {
  return typeof value === "string" && !/\p{Surrogate}/u.test(value);
}

/** A whole number within bounds. */
export function isWithin(min, value, max) {
  return Number.isInteger(value) && min <= value && value <= max;
}
