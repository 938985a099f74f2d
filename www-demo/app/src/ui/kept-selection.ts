import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Keeps the caret where it was in the text when another device changes it around; a browser would put it at the end. */
export function useKeptSelection(field: RefObject<Field | null>, value: string): void {
  const last = useRef({ value, start: 0, end: 0 });

  useEffect(() => {
    const remember = () => {
      const { current } = field;
      if (current && document.activeElement === current) last.current = { value: current.value, ...selectionOf(current) };
    };
    // What is typed here comes as `input` before it is rendered, and is known by then.
    document.addEventListener("input", remember, true);
    document.addEventListener("selectionchange", remember);
    return () => {
      document.removeEventListener("input", remember, true);
      document.removeEventListener("selectionchange", remember);
    };
  }, [field]);

  useLayoutEffect(() => {
    const { value: before, start, end } = last.current;
    const { current } = field;
    if (!current || document.activeElement !== current || before === value) return;
    const place = placeIn(before, value);
    current.setSelectionRange(place(start), place(end));
    last.current = { value, ...selectionOf(current) };
  }, [field, value]);
}

const selectionOf = ({ selectionStart, selectionEnd }: Field) => ({ start: selectionStart ?? 0, end: selectionEnd ?? 0 });

/** Where a place in `before` is in `after`, of which one stretch differs. */
function placeIn(before: string, after: string): (place: number) => number {
  const shorter = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shorter && before[prefix] === after[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++;
  return (place) => {
    if (place <= prefix) return place;
    return place >= before.length - suffix ? place + after.length - before.length : Math.min(place, after.length - suffix);
  };
}
