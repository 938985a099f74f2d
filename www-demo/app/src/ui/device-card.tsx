import { useRef, useState } from "react";
import { joinLink } from "../join-link";
import { TEST_ID } from "../test-hooks";
import { useSession } from "./hooks";

/** The link that brings the account to a second device. */
export function DeviceLink() {
  const { account } = useSession();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<"copied" | "selected" | null>(null);
  const link = joinLink(account);

  async function copy() {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied("copied");
    } catch {
      // A page without TLS, or without the permission, has no clipboard: the link is selected instead.
      setCopied("selected");
    }
  }

  return (
    <div className="device-link">
      <input
        ref={field}
        readOnly
        value={link}
        aria-label="Link for a second device"
        data-testid={TEST_ID.deviceLink}
        onFocus={(event) => event.target.select()}
      />
      <button type="button" className="button primary" onClick={copy}>
        Copy the link
      </button>
      <p role="status" className="quiet">
        {copied === "copied" && "Copied."}
        {copied === "selected" && "Selected: press Ctrl+C, or ⌘C, to copy it."}
      </p>
    </div>
  );
}

export function DeviceCard({ onHide }: { onHide: () => void }) {
  return (
    <section className="card" aria-labelledby="device-card-title">
      <h2 id="device-card-title">Add a second device</h2>
      <p>
        Open this link in another browser. The part behind <code>#</code> is never sent to the server; it carries the key, so
        whoever has the link can read everything. Send it only to yourself.
      </p>
      <DeviceLink />
      <button type="button" className="link-button" onClick={onHide}>
        Hide
      </button>
    </section>
  );
}
