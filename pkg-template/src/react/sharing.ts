/** What was read again and is the same stays the same object, down to its parts, so that nobody renders for it. */

/** `next`, with the parts of `last` wherever they are equal; `last` itself if all are. Both are JSON. */
export function shared<T>(last: T, next: T): T {
  if (last === next || !isObject(last) || !isObject(next) || Array.isArray(last) !== Array.isArray(next)) return next;
  const parts = Object.entries(next).map(([name, value]) => [name, shared((last as Record<string, unknown>)[name], value)] as const);
  const made = Array.isArray(next) ? parts.map(([, value]) => value) : Object.fromEntries(parts);
  return isAlike(last, made) ? last : (made as T);
}

/** Whether two lists, or two objects, have the same members. */
export function isAlike(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isObject(one) || !isObject(other)) return false;
  const entries = Object.entries(other);
  return entries.length === Object.keys(one).length && entries.every(([name, value]) => (one as Record<string, unknown>)[name] === value);
}

function isObject(value: unknown): value is object {
  return Object(value) === value;
}
