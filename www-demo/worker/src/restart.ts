import { noteHubOf, todoSyncOf, type Env } from "./env";
import { HttpError } from "./http";
import type { Session } from "./session";

/** An object that can be thrown out of memory. */
interface Restartable {
  restart(): Promise<void>;
}

/**
 * `POST /demo/restart`: what a restart of the server does to one user. The user's objects leave memory, and all their sockets break without a word;
 * what is stored stays. Only where the server may misbehave: it ends the sockets of the others in the user's teams as well.
 */
export async function restart(_request: Request, env: Env, { userId, coordinator }: Session): Promise<Response> {
  if (env.FAULTS !== "allowed") throw new HttpError(404, "This server does not restart when it is asked to; see FAULTS in README.md.");
  const { teams } = await coordinator.user(userId);
  const objects: Restartable[] = [...teams.map(({ id }) => todoSyncOf(env, id)), noteHubOf(env, userId), coordinator];
  // Each call ends in the error that it causes.
  await Promise.allSettled(objects.map((object) => object.restart()));
  return Response.json({ restarted: objects.length });
}
