import type { SyncCoordinator } from "./coordinator";
import type { TodoSync } from "./glint/todo-sync";

/** What wrangler.jsonc binds. */
export interface Env {
  SYNC_COORDINATOR: DurableObjectNamespace<SyncCoordinator>;
  TODO_SYNC: DurableObjectNamespace<TodoSync>;
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
