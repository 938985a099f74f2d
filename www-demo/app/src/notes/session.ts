import { RealtimeSyncManager, typelets, type ErrorCode } from "sealwire/typelets";
import type { Account } from "../account";
import { Notices, troubleText } from "../notices";
import { isOffline, onOfflineChange } from "../offline";
import { forgetUser, rememberUser } from "./kept";
import { addressesOf, Tokens } from "./server";
import { NoteStore } from "./store";
import { isOpen } from "./words";

/** An account's notes, open in this page. */
export interface NotesSession {
  readonly account: Account;
  readonly manager: RealtimeSyncManager;
  readonly store: NoteStore;
  readonly notices: Notices;
  readonly tokens: Tokens;
  /** Stores a change and shows it; what fails is told, and rejects. */
  save(change: () => Promise<unknown>): Promise<void>;
  /** Ends it, once what is being saved is stored. */
  close(): void;
}

/** Nothing of the account opens with the password. */
export class WrongPassword extends Error {
  override readonly name = "WrongPassword";

  constructor() {
    super("None of your notes opens with this password. Type the one that you chose on your first device: it is case-sensitive, and nobody can reset it.");
  }
}

/** How long the password is tried on the server's notes before the page opens all the same: until they are read, and then until one opens. */
const PROOF_MS = 8_000;
const READ_PROOF_MS = 2_000;

/** What is told otherwise: a wrong password by the page that asks for it, a note that does not open in its row, a missing token by `Tokens`. */
const TOLD: readonly ErrorCode[] = ["key_mismatch", "bad_seal", "token_failed"];

/**
 * Opens what is stored of the notes and connects, unless the user has chosen to stay offline.
 * @throws {WrongPassword}
 */
export async function openNotes(account: Account, masterPassword: string): Promise<NotesSession> {
  const notices = new Notices();
  const report = (cause: unknown) => notices.trouble(troubleText(cause));
  const tokens = new Tokens(account);
  const getToken = () => tokens.mint().catch((cause) => (report(cause), Promise.reject(cause)));
  const manager = await RealtimeSyncManager.open(typelets({ ...addressesOf(account.userId), userId: account.userId, getToken, masterPassword, keepJoins: true }));
  const store = new NoteStore(manager, report);
  manager.on("error", ({ code, message }) => TOLD.includes(code) || notices.trouble(message));
  const followSwitch = () => (isOffline() ? manager.disconnect() : manager.connect());
  const endSwitch = onOfflineChange(followSwitch);
  const saving = new Set<Promise<unknown>>();

  async function save(change: () => Promise<unknown>): Promise<void> {
    const stored = change();
    saving.add(stored);
    try {
      await stored;
      await store.load();
    } catch (cause) {
      report(cause);
      throw cause;
    } finally {
      saving.delete(stored);
    }
  }

  function close() {
    endSwitch();
    store.close();
    void Promise.allSettled(saving).then(() => manager.close());
  }

  try {
    await store.load();
    followSwitch();
    if (await isWrong(store, tokens)) throw new WrongPassword();
  } catch (cause) {
    close();
    throw cause;
  }
  rememberUser(account.userId);
  return { account, manager, store, notices, tokens, save, close };
}

/** Whether nothing opens; where the server cannot be asked, that is found out later. */
function isWrong(store: NoteStore, tokens: Tokens): Promise<boolean> {
  return new Promise((resolve) => {
    let timer = setTimeout(() => end(false), PROOF_MS);
    let read = false;

    function look() {
      const { wrongPassword, notes, status } = store.getSnapshot();
      if (wrongPassword) return end(true);
      if (isOffline() || notes.some(isOpen)) return end(false);
      if (status.state !== "live") return ASKING.includes(status.state) || end(false);
      if (read) return;
      // Nothing is shown: there is nothing, or all is in the bin, or it is about to be told that nothing opens.
      read = true;
      clearTimeout(timer);
      timer = setTimeout(() => end(false), READ_PROOF_MS);
      tokens.count().then((count) => count > 0 || end(false), () => undefined);
    }

    function end(wrong: boolean) {
      clearTimeout(timer);
      forget();
      resolve(wrong);
    }

    const forget = store.subscribe(look);
    look();
  });
}

const ASKING: readonly string[] = ["idle", "connecting", "catching_up"];

/** Wipes the user's notes from this device: titles and contents lie sealed there, but not what the folders are called. */
export async function forgetNotes(userId: string): Promise<void> {
  forgetUser();
  // Wiping opens nothing and asks nobody, so that any password does, and any token.
  const manager = await RealtimeSyncManager.open(typelets({ ...addressesOf(userId), userId, getToken: () => "none", masterPassword: "none" }));
  await manager.forget();
}
