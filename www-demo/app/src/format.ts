const numbers = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const calendar = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** `2,000` */
export const count = (value: number) => numbers.format(value);

/** `1 bookmark`, `2,000 bookmarks` */
export const counted = (value: number, singular: string, plural = `${singular}s`) =>
  `${count(value)} ${value === 1 ? singular : plural}`;

/** `14:03:22` */
export const timeOfDay = (milliseconds: number) => clock.format(milliseconds);

/** `22 Nov 2026, 14:03` */
export const dateAndTime = (milliseconds: number) => calendar.format(milliseconds);

/** `412 B`, `1.2 MB`; a kilobyte is 1,000 bytes. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
