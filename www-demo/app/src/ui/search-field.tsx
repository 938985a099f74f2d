import { useEffect, useRef } from "react";
import { Icon } from "./icons";

/** The search box; the key `/` leads to it. */
export function SearchField({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const typing = target instanceof Element && target.matches("input, textarea, select");
      if (key !== "/" || ctrlKey || metaKey || altKey || typing || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <search className="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search bookmarks"
        aria-keyshortcuts="/"
        placeholder="Search bookmarks"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onQuery("")}
      />
      <kbd aria-hidden="true">/</kbd>
    </search>
  );
}
