import { useEffect, useState, useSyncExternalStore } from "react";
import { loadAccount, type Account } from "../account";
import type { NewAccount } from "../new-account";
import { isKnownUser, keepUnlocked, lock, passwordOf } from "../notes/kept";
import { openNotes, WrongPassword, type NotesSession } from "../notes/session";
import { troubleText } from "../notices";
import { handedPassword, onHandedPassword, tellUnlocked } from "../together/bridge";
import { NotesSessionContext } from "./note-hooks";
import { NotesPage } from "./notes-page";
import { NotesPasswordPage } from "./notes-password-page";
import { NotesStartPage } from "./notes-start-page";
import { OpeningPage } from "./entry-pages";

interface Props {
  /** Of an account that was made here, until its words are written down. */
  recoveryCode: string | null;
  onCreated: (made: NewAccount) => void;
  onWritten: () => void;
}

/** The notes of the account that the bookmarks have, or the way to them: an account first, and the master password. */
export function NotesApp({ recoveryCode, onCreated, onWritten }: Props) {
  const [account, setAccount] = useState(loadAccount);
  if (!account) {
    return (
      <NotesStartPage
        onCreated={(made) => {
          setAccount(made.account);
          onCreated(made);
        }}
      />
    );
  }
  return <LockedNotes account={account} recoveryCode={recoveryCode} onWritten={onWritten} />;
}

function LockedNotes({ account, recoveryCode, onWritten }: { account: Account } & Omit<Props, "onCreated">) {
  const { userId } = account;
  /** An object for each attempt: the same password may be tried again. */
  const [tried, setTried] = useState(() => attemptWith(passwordOf(userId)));
  const [session, setSession] = useState<NotesSession | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);

  useEffect(() => {
    if (!tried) return;
    let abandoned = false;
    let opened: NotesSession | null = null;
    openNotes(account, tried.password).then(
      (session) => {
        opened = session;
        if (abandoned) return session.close();
        keepUnlocked(userId, tried.password);
        tellUnlocked({ userId, password: tried.password });
        setSession(session);
      },
      (cause) => abandoned || leave(troubleText(cause)),
    );
    return () => {
      abandoned = true;
      setSession(null);
      opened?.close();
    };
  }, [account, userId, tried]);

  // Side by side the other device has asked for it already.
  const handed = useSyncExternalStore(onHandedPassword, () => handedPassword(userId));
  useEffect(() => {
    if (handed !== null) setTried((tried) => tried ?? { password: handed });
  }, [handed]);

  // Without a connection the password could only be believed.
  useEffect(
    () => session?.store.subscribe(() => session.store.getSnapshot().wrongPassword && leave(new WrongPassword().message)),
    [session],
  );

  function leave(why: string | null) {
    lock();
    setTried(null);
    setTrouble(why);
  }

  if (session) {
    return (
      <NotesSessionContext value={session}>
        <NotesPage recoveryCode={recoveryCode} onWritten={onWritten} onLock={() => leave(null)} />
      </NotesSessionContext>
    );
  }
  if (tried && isKnownUser(userId) && passwordOf(userId)) return <OpeningPage what="notes" />;
  return (
    <NotesPasswordPage
      account={account}
      working={tried !== null}
      trouble={trouble}
      onPassword={(password) => {
        setTrouble(null);
        setTried({ password });
      }}
    />
  );
}

const attemptWith = (password: string | null) => (password === null ? null : { password });
