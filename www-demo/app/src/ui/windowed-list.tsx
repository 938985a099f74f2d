import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from "react";

const ROW_HEIGHT_REM = 3.75;
/** Rows rendered above and below the visible ones, so that the Tab key always finds the next row. */
const MARGIN_ROWS = 8;

interface Props<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  label: string;
  children: (item: T) => ReactNode;
}

/** A list of any length that scrolls with the page and renders only the rows near the window. All rows are equally high. */
export function WindowedList<T>({ items, keyOf, label, children }: Props<T>) {
  const list = useRef<HTMLOListElement>(null);
  const [first, setFirst] = useState(0);
  const [length, setLength] = useState(3 * MARGIN_ROWS);

  useEffect(() => {
    const measure = () => {
      if (!list.current) return;
      const near = rowsNearWindow(list.current);
      setFirst(near.first);
      setLength(near.length);
    };
    measure();
    document.addEventListener("scroll", measure, { passive: true });
    // Also when something above the list grows or goes.
    const observer = new ResizeObserver(measure);
    observer.observe(document.documentElement);
    observer.observe(document.body);
    return () => {
      document.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, []);

  const style = { "--rows": items.length, "--row-height": `${ROW_HEIGHT_REM}rem` } as CSSProperties;
  return (
    <ol ref={list} className="rows" aria-label={label} style={style}>
      {items.slice(first, first + length).map((item, offset) => {
        const index = first + offset;
        const place = { "--row": index } as CSSProperties;
        return (
          <li key={keyOf(item)} className="row" aria-setsize={items.length} aria-posinset={index + 1} style={place}>
            {children(item)}
          </li>
        );
      })}
    </ol>
  );
}

function rowsNearWindow(list: HTMLElement): { first: number; length: number } {
  const rowHeight = ROW_HEIGHT_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const firstVisible = Math.floor(-list.getBoundingClientRect().top / rowHeight);
  // In steps of the margin: most scroll events change nothing.
  const first = Math.max(0, Math.floor(firstVisible / MARGIN_ROWS - 1) * MARGIN_ROWS);
  return { first, length: Math.ceil(window.innerHeight / rowHeight) + 3 * MARGIN_ROWS };
}
