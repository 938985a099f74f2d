import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import type { RealtimeSyncManager } from "sealwire";
import type { KeyLink } from "sealwire/keys";
import type { Account } from "../account";
import { joinLink } from "../join-link";
import { troubleText } from "../notices";
import { TEST_ID } from "../test-hooks";
import { CopyButton } from "./copy-button";
import { Dialog } from "./dialog";
import { QrPicture } from "./qr-picture";
import { Trouble } from "./trouble";

interface Props {
  account: Account;
  /** Of the account's bookmarks, where they are open. */
  sync?: RealtimeSyncManager;
}

/** What brings the account to a second device: a link, as a picture and as a text, and the code that opens it. */
export function DeviceLink({ account, sync }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const codeId = useId();
  const [made, setMade] = useState<KeyLink | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);

  useEffect(() => {
    let abandoned = false;
    joinLink(account, sync).then(
      (link) => abandoned || setMade(link),
      (cause) => abandoned || setTrouble(troubleText(cause)),
    );
    return () => {
      abandoned = true;
    };
  }, [account, sync]);

  if (trouble) return <Trouble>{trouble}</Trouble>;
  return (
    <div className="device" aria-busy={made === null}>
      <div className="qr-frame">{made ? <QrPicture text={made.link} label="QR picture of the link" /> : <p className="quiet">Sealing…</p>}</div>
      <ol className="device-steps">
        <li>Scan the picture with the other device, or open the link there.</li>
        <li>
          <span id={codeId}>Type this one-time code there:</span>
          <output className="one-time-code" aria-labelledby={codeId} data-testid={TEST_ID.deviceCode}>
            {made?.code ?? "····-····-····"}
          </output>
        </li>
      </ol>
      <div className="device-link">
        <input
          ref={field}
          readOnly
          value={made?.link ?? ""}
          aria-label="Link for a second device"
          data-testid={TEST_ID.deviceLink}
          onFocus={(event) => event.target.select()}
        />
        <CopyButton label="Copy the link" text={made?.link ?? null} select={() => field.current?.select()} primary />
      </div>
    </div>
  );
}

/** `children`: what is to be done there besides. */
export function DeviceDialog({ children, onClose, ...link }: Props & { children?: ReactNode; onClose: () => void }) {
  return (
    <Dialog title="Add a second device" onClose={onClose}>
      <DeviceLink {...link} />
      {children}
      <p className="quiet">
        The link carries the key, locked by the code; the part behind <code>#</code> is never sent to a server. Whoever has both
        can read everything, so send them by different ways, and only to yourself. Opening this again makes a new pair.
      </p>
    </Dialog>
  );
}
