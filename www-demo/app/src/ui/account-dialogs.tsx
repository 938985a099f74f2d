import { useState } from "react";
import { counted } from "../format";
import { isKnownUser } from "../notes/kept";
import { leave } from "../session";
import { loadProfile } from "../todos/profile";
import { DeviceLink } from "./device-link";
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
        The demo keeps the account and its key in this browser’s localStorage, because it makes you a link for a second
        device again and again. Every script of this site could read it there. A real app imports the key once as a CryptoKey
        that cannot be exported, and keeps no bytes.
      </p>
      <p>
        In a link for a second device the key is locked by a one-time code of 60 random bits (PBKDF2-SHA256, 600,000 rounds,
        AES-256-GCM). A mail, a clipboard, a browser’s history or a photo of the picture may keep the link: without the code it
        opens nothing. Link and code together are the account.
      </p>
      <p>The 24 words of the recovery code are the key itself, written so that people can. They were shown once and are not kept.</p>
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
        The account and its key are forgotten here. Without the recovery code, or another device that has the key, nobody can read
        these bookmarks again, the server least of all. If this is your only device, keep the link and the code, apart:
      </p>
      <DeviceLink account={session.account} sync={session.manager} />
      <p>
        The engine’s database stays in this browser, sealed. Opening the link here again finds it
        {pending > 0 && `, and sends what the server does not have yet (${counted(pending, "change")})`}.
        {loadProfile()?.userId === session.account.userId &&
          " The account’s todos, which are not sealed, are wiped here; the server keeps those that it has."}
        {isKnownUser(session.account.userId) &&
          " Its notes are wiped here too, with what of them was not sent: their folders’ names are not sealed."}
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
