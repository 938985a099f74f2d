import { useState } from "react";

/** Copies a text, and says so. `select` makes it ready to be copied by hand where the page has no clipboard. */
export function CopyButton({ label, text, select, primary = false }: { label: string; text: string | null; select: () => void; primary?: boolean }) {
  const [outcome, setOutcome] = useState<"copied" | "selected" | null>(null);

  async function copy() {
    if (text === null) return;
    select();
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      // A page without TLS, or without the permission, has no clipboard: the text is selected instead.
      setOutcome("selected");
    }
  }

  return (
    <>
      <button type="button" className={primary ? "button primary" : "button"} disabled={text === null} onClick={copy}>
        {label}
      </button>
      <p role="status" className="quiet copied">
        {outcome === "copied" && "Copied."}
        {outcome === "selected" && "Selected: press Ctrl+C, or ⌘C, to copy it."}
      </p>
    </>
  );
}
