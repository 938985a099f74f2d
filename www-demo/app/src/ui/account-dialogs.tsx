import { useState } from "react";
import { counted } from "../format";
import { leave } from "../session";
import { DeviceLink } from "./device-card";
import { Dialog } from "./dialog";
import { useSession, useShown } from "./hooks";

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="About keys" onClose={onClose}>
      <p>
        Your account has a random key of 32 bytes, made in the page. Every change is sealed under a key derived from it
        (AES-256-GCM) before it is stored or sent; the server never has the key, and nobody can reset it.
      </p>
      <p>
        The demo keeps the account and its key in this browser’s localStorage, because it shows you the link for a second
        device again and again. Every script of this site could read it there. A real app imports the key once as a CryptoKey
        that cannot be exported, shows the link once, and keeps no bytes.
      </p>
      <p>
        The link is the account: whoever has it can read and change everything. It leaves the address bar when it is opened,
        but the mail or chat that carried it keeps a copy, and so may the browser’s history.
      </p>
      <p className="actions">
        <button type="button" className="button primary" onClick={onClose}>
          Close
        </button>
      </p>
    </Dialog>
  );
}

export function SignOutDialog({ onClose, onLeft }: { onClose: () => void; onLeft: (note: string) => void }) {
  const session = useSession();
  const { pending } = useShown("status");
  const [leaving, setLeaving] = useState(false);

  async function signOut() {
    setLeaving(true);
    const told = await leave(session);
    onLeft(
      told
        ? "You have signed out, and the key is forgotten on this device."
        : "The key is forgotten on this device. The server could not be reached, so its session ends later by itself.",
    );
  }

  return (
    <Dialog title="Sign out of this device?" onClose={onClose}>
      <p>
        The account and its key are forgotten here. Without the link, or another device that has it, nobody can read these
        bookmarks again, the server least of all. Keep the link if this is your only device:
      </p>
      <DeviceLink />
      <p>
        The engine’s database stays in this browser, sealed. Opening the link here again finds it
        {pending > 0 && `, and sends what the server does not have yet (${counted(pending, "change")})`}.
      </p>
      <p className="actions">
        <button type="button" className="button danger" disabled={leaving} onClick={signOut}>
          Sign out
        </button>
        <button type="button" className="button" onClick={onClose}>
          Stay
        </button>
      </p>
    </Dialog>
  );
}
