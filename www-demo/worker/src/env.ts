import type { SyncCoordinator } from "./coordinator";
import type { TodoSync } from "./glint/todo-sync";
import type { TokenIssuer } from "./typelets/issuer";
import type { NoteHub } from "./typelets/note-hub";

/** What wrangler.jsonc binds. */
export interface Env {
  SYNC_COORDINATOR: DurableObjectNamespace<SyncCoordinator>;
  TODO_SYNC: DurableObjectNamespace<TodoSync>;
  NOTE_HUB: DurableObjectNamespace<NoteHub>;
  TOKEN_ISSUER: DurableObjectNamespace<TokenIssuer>;
  /** Comma separated; may be empty. */
  ALLOWED_ORIGINS: string;
  /** A whole number above 0. */
  SESSION_SECONDS: string;
  /** `allowed` or empty. */
  FAULTS: string;
}

/** The one object that holds a user's account, events and sockets. */
export function coordinatorOf(env: Env, userId: string): DurableObjectStub<SyncCoordinator> {
  return env.SYNC_COORDINATOR.get(env.SYNC_COORDINATOR.idFromName(userId));
}

/** The one object that holds a team's members, sets, todos and sockets. */
export function todoSyncOf(env: Env, teamId: string): DurableObjectStub<TodoSync> {
  return env.TODO_SYNC.get(env.TODO_SYNC.idFromName(teamId));
}

/** The one object that holds a user's notes, folders and sockets. */
export function noteHubOf(env: Env, userId: string): DurableObjectStub<NoteHub> {
  return env.NOTE_HUB.get(env.NOTE_HUB.idFromName(userId));
}

/** The one object that holds the key which tokens are signed with. */
export function tokenIssuerOf(env: Env): DurableObjectStub<TokenIssuer> {
  return env.TOKEN_ISSUER.get(env.TOKEN_ISSUER.idFromName("demo"));
}
