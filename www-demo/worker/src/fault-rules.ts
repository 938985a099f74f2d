import { HttpError } from "./http";

/** What a fault may be set to. */
export interface Rule {
  holds: (value: unknown) => boolean;
  must: string;
}

/** @throws {HttpError} 400 also at a name that is no fault: a test that misspells one would prove nothing */
export function checkFaults(body: Record<string, unknown>, rules: Map<string, Rule>): void {
  for (const [name, value] of Object.entries(body)) {
    const rule = rules.get(name);
    if (!rule) throw new HttpError(400, `A fault is one of ${[...rules.keys()].join(", ")}.`);
    if (!rule.holds(value)) throw new HttpError(400, `\`${name}\` must be ${rule.must}.`);
  }
}

export const share: Rule = { holds: (value) => typeof value === "number" && value >= 0 && value <= 1, must: "a number from 0 to 1" };
export const flag: Rule = { holds: (value) => typeof value === "boolean", must: "true or false" };

export function whole(least: number, most: number): Rule {
  return {
    holds: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    must: `a whole number from ${least} to ${most}`,
  };
}
