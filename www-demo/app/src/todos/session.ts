import { glint, RealtimeSyncManager } from "sealwire/glint";
import { loadAccount } from "../account";
import { Notices, troubleText } from "../notices";
import { isOffline, onOfflineChange } from "../offline";
import { ORIGIN, ServerError, signIn } from "../server";
import { forgetTitles } from "./kept-titles";
import { accountOfTodos, forgetProfile, loadProfile, rememberShown, saveProfile, type Profile } from "./profile";
import { firstSet, joinTeam } from "./server";
import { TodoStore } from "./store";

/** A team's todos, open in this page. */
export interface TodoSession {
  readonly team: string;
  readonly profile: Profile;
  readonly manager: RealtimeSyncManager;
  readonly store: TodoStore;
  readonly notices: Notices;
  close(): void;
}

/** The server does not know the account that this browser has for its todos, so that one can only come as somebody new. */
export class UnknownMember extends ServerError {
  constructor() {
    super("The server does not know you any more. Press the button again to come as somebody new; what you have not sent stays unsent.");
  }
}

/**
 * Becomes a member of a team, which is made where there is none, with one set. `asNew`: not as the one who has been here before; with an account
 * for bookmarks one is always that one.
 * @throws {UnknownMember}
 */
export async function join(name: string, team: string, asNew: boolean): Promise<Profile> {
  const former = loadProfile();
  const account = loadAccount();
  const known = account ?? (asNew ? null : accountOfTodos());
  // The session may have ended, or be another account's; without one the server would make a new account.
  if (known && !(await signIn(known))) {
    if (!account) throw new UnknownMember();
    throw new ServerError("The server does not know the account of your bookmarks any more. Sign out there, on this device, and come again.");
  }
  const { user, secret } = await joinTeam(name, team);
  const { id: set } = await firstSet(team);
  const same = former?.userId === user.id ? former : null;
  const profile = {
    userId: user.id,
    name: user.displayName,
    secret: secret ?? same?.secret ?? null,
    teams: [team, ...(same?.teams ?? []).filter((other) => other !== team)],
    sets: { ...same?.sets, [team]: set },
  };
  saveProfile(profile);
  return profile;
}

/** Opens what is stored of a team and connects, unless the user has chosen to stay offline. */
export async function openTodos(team: string, profile: Profile): Promise<TodoSession> {
  const manager = await RealtimeSyncManager.open(optionsFor(team, profile));
  const notices = new Notices();
  const store = new TodoStore(manager, team, (cause) => notices.trouble(troubleText(cause)));
  manager.on("error", ({ message }) => notices.trouble(message));
  renewSignIn(manager, notices);
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
  store.loadSets().catch(() => undefined);
  followSwitch();
  rememberShown(team, manager.setId);
  return { team, profile, manager, store, notices, close };
}

export async function showSet({ team, manager, store }: TodoSession, set: string): Promise<void> {
  await manager.switchSet(set);
  rememberShown(team, set);
  await store.load();
}

/** Wipes the user's todos from this device, unlike the bookmarks, which are sealed. */
export async function forgetTodos(userId: string): Promise<void> {
  const profile = loadProfile();
  const [team] = profile?.teams ?? [];
  if (profile?.userId !== userId || !team) return;
  forgetProfile();
  forgetTitles();
  await (await RealtimeSyncManager.open(optionsFor(team, profile))).forget();
}

function optionsFor(team: string, { userId, name, sets }: Profile) {
  return glint({ origin: ORIGIN, teamId: team, setId: sets[team] ?? "", me: { id: userId, name } });
}

/** Signs in again when the server has ended the session, once until the connection is live again. */
function renewSignIn(manager: RealtimeSyncManager, notices: Notices): void {
  let tried = false;
  manager.on("status", async ({ state, reason }) => {
    if (state === "live" || state === "polling") tried = false;
    const ended = state === "stopped" && (reason === "needs_auth" || reason === "wrong_user");
    if (!ended || tried) return;
    tried = true;
    try {
      const account = loadAccount() ?? accountOfTodos();
      if (account && (await signIn(account))) {
        if (!isOffline()) manager.reconnect();
      } else {
        notices.trouble("The server does not know this account any more. What is on this device stays, but is not synchronised.");
      }
    } catch (cause) {
      tried = false;
      notices.trouble(troubleText(cause));
    }
  });
}
