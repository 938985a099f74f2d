import { bitmarks, RealtimeSyncManager } from "sealwire";
import { forgetAccount, type Account } from "./account";
import { isKnownUser, lock } from "./notes/kept";
import { Notices, troubleText } from "./notices";
import { isOffline, onOfflineChange } from "./offline";
import { signIn, signOut, SOCKET_URL } from "./server";
import { Store } from "./store";
import { loadProfile } from "./todos/profile";

/** An account that is open in this page. */
export interface Session {
  readonly account: Account;
  readonly manager: RealtimeSyncManager;
  readonly store: Store;
  readonly notices: Notices;
  close(): void;
}

/** Opens what is stored of the account and connects, unless the user has chosen to stay offline. */
export async function openSession(account: Account): Promise<Session> {
  const { userId, key } = account;
  // This demo keeps the key itself (account.ts), once is enough. A real app leaves that to the engine, which keeps it where scripts cannot read it.
  const manager = await RealtimeSyncManager.open(bitmarks({ url: SOCKET_URL, userId, key, persistKey: false }));
  const notices = new Notices();
  const store = new Store(manager, (cause) => notices.trouble(troubleText(cause)));
  manager.on("error", ({ message }) => notices.trouble(message));
  manager.on("rejected", ({ reason }) => notices.trouble(`The server refused a change for good: ${reason}`));
  renewSignIn(manager, account, notices);
  const followSwitch = () => (isOffline() ? manager.disconnect() : manager.connect());
  const endSwitch = onOfflineChange(followSwitch);
  const close = () => {
    endSwitch();
    store.close();
    manager.close();
  };
  try {
    await store.load();
  } catch (cause) {
    close();
    throw cause;
  }
  followSwitch();
  return { account, manager, store, notices, close };
}

/**
 * Ends the session with the server and forgets account, key and password. The engine's database of bookmarks stays, sealed. Resolves to
 * `false` where the server could not be told.
 */
export async function leave(session: Session): Promise<boolean> {
  session.close();
  const { userId } = session.account;
  // What todos this browser has of the account is not sealed, so that it does not stay.
  if (loadProfile()?.userId === userId) await import("./todos/session").then(({ forgetTodos }) => forgetTodos(userId));
  lock();
  if (isKnownUser(userId)) await import("./notes/session").then(({ forgetNotes }) => forgetNotes(userId));
  const told = await signOut().then(
    () => true,
    () => false,
  );
  forgetAccount();
  return told;
}

/** Signs in again when the server has ended the session, once until the connection is live again. */
function renewSignIn(manager: RealtimeSyncManager, account: Account, notices: Notices): void {
  let tried = false;
  manager.on("status", async ({ state, reason }) => {
    if (state === "live") tried = false;
    const ended = state === "stopped" && (reason === "needs_auth" || reason === "wrong_user");
    if (!ended || tried) return;
    tried = true;
    try {
      if (!(await signIn(account))) {
        notices.trouble("The server does not know this account any more. What is on this device stays, but is not synchronised.");
      } else if (!isOffline()) {
        manager.reconnect();
      }
    } catch (cause) {
      tried = false;
      notices.trouble(troubleText(cause));
    }
  });
}
