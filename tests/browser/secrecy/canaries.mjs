// Secrets that stand nowhere else, in every form in which they could lie somewhere.

import { Needles } from "../needles.mjs";

export const KEY = Buffer.from("b7d13c5e90a2f846127bed39c8054f61ea83d67219fb4ca0953e86d40b7fc152", "hex");
export const OTHER_KEY = Buffer.from("4c19e7a358bd02f6931ce8457d60ab2f7184d5f3096ec21b8aa74fd965308ebc", "hex");
export const TEXTS = ["canary payload Quetzalcoatl", "canary update Huitzilopochtli", "canary refused Tezcatlipoca", "canary waiting Tlaltecuhtli"];
export const PASSWORDS = ["canary password Xochipilli", "canary wrong password Mictlantecuhtli"];

/** How much of a key is told where one says a part of it. */
const PART = 8;

export function canaries() {
  const needles = new Needles();
  for (const text of [...TEXTS, ...PASSWORDS]) needles.addText(text);
  for (const [name, key] of Object.entries({ key: KEY, "other key": OTHER_KEY })) {
    for (let start = 0; start + PART <= key.length; start++) {
      for (const form of formsOf(key.subarray(start, start + PART))) needles.addBytes(name, form);
    }
  }
  return needles;
}

/** All names that `canaries` can find. */
export const NAMES = [...TEXTS, ...PASSWORDS, "key", "other key"].sort();

/** Bytes as they are, as hex, as numbers with commas; and of their base64 what is certain wherever they lie in it. */
function formsOf(bytes) {
  const certain = ["base64", "base64url"].flatMap((encoding) =>
    [0, 1, 2].map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding).replace(/=+$/, "");
      return text.slice(before === 0 ? 0 : before + 1, -1);
    }),
  );
  const texts = [bytes.toString("hex"), bytes.toString("hex").toUpperCase(), bytes.join(), bytes.join(", "), ...certain];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}
