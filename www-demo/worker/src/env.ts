import type { SyncCoordinator } from "./coordinator";

/** What wrangler.jsonc binds. */
export interface Env {
  SYNC_COORDINATOR: DurableObjectNamespace<SyncCoordinator>;
  /** Comma separated; may be empty. */
  ALLOWED_ORIGINS: string;
  /** A whole number above 0. */
  SESSION_SECONDS: string;
}

/** The one object that holds a user's account, events and sockets. */
export function coordinatorOf(env: Env, userId: string): DurableObjectStub<SyncCoordinator> {
  return env.SYNC_COORDINATOR.get(env.SYNC_COORDINATOR.idFromName(userId));
}
