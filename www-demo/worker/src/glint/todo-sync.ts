import { DurableObject } from "cloudflare:workers";
import { coordinatorOf, type Env } from "../env";
import { errorResponse, HttpError, readJson } from "../http";
import { Delivery } from "./delivery";
import { NO_FAULTS, readFaults, type Faults } from "./faults";
import type { Generation } from "./generation";
import { MAX_BODY_BYTES, MAX_MEMBERS } from "./limits";
import { Listeners } from "./listeners";
import type { Role } from "./permissions";
import type { User } from "./profile";
import { findRoute } from "./routes";
import { SetStore } from "./set-store";
import { personalTeamOf } from "./team-id";
import { TeamStore, type Member } from "./team-store";
import { TodoStore } from "./todo-store";

/** Who asks which team, as the Worker has found out. */
export interface Visit {
  userId: string;
  teamId: string;
}

/** What became of joining a team. */
export type Joining = { joined: { role: Role; generation: Generation } } | { refused: "full" | "other generation" };

/**
 * One team: its members, sets and todos, and the sockets of whoever looks at them.
 *
 * From reading the body of a request to publishing its change nothing is awaited, so events are made in the order in which the changes
 * are stored. An event goes out with the change, before the reply: whoever made the change sees its echo first.
 */
export class TodoSync extends DurableObject<Env> {
  private readonly team = new TeamStore(this.ctx.storage.sql);
  private readonly sets = new SetStore(this.ctx.storage.sql);
  private readonly todos = new TodoStore(this.ctx.storage.sql);
  private readonly listeners = new Listeners(this.ctx);
  private readonly delivery = new Delivery((event) => this.listeners.send(event));

  /** Makes `user` a member, and the team where there is none. The first member is its owner. */
  join(user: User, generation: Generation | undefined): Joining {
    if (!this.team.exists()) this.create(user, generation ?? "latest");
    if (generation && generation !== this.team.generation()) return { refused: "other generation" };
    if (!this.team.member(user.id)) {
      if (this.team.size() >= MAX_MEMBERS) return { refused: "full" };
      this.team.addMember(memberOf(user, "admin"));
    }
    return { joined: { role: this.team.member(user.id)!.role, generation: this.team.generation() } };
  }

  /** Leaves memory, as in a restart of the server; the call itself fails by it. */
  restart(): void {
    this.ctx.abort("The demo restarts this object.");
  }

  /** A request below `/api/teams/:team`; the visit comes in the header `Sealwire-Visit`, which only the Worker can set. */
  override fetch(request: Request): Promise<Response> {
    const visit: Visit = JSON.parse(request.headers.get("Sealwire-Visit")!);
    return this.answer(request, visit).catch(errorResponse);
  }

  /** A client has nothing to say on the socket; what it sends is dropped. */
  override webSocketMessage(): void {}

  /** Completes the closing handshake. */
  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }

  private async answer(request: Request, visit: Visit): Promise<Response> {
    const member = await this.member(visit);
    if (!member) throw new HttpError(403, "Not a member of this team");
    if (this.mayBeFaulty() && new URL(request.url).pathname === "/faults") return this.setFaults(request);
    await until(this.faults().silentUntil);

    const generation = this.team.generation();
    const { route, set, todo } = findRoute(request.method, request.url, generation);
    if (route.live && this.faults().noLivePush) throw new HttpError(503, "Realtime sync is not available on this deployment");
    const response = await route.answer({
      request,
      set,
      todo,
      member,
      generation,
      sets: this.sets,
      todos: this.todos,
      listeners: this.listeners,
      fullAt: this.faults().fullAt,
      publish: (event) => this.delivery.deliver(event, this.faults()),
    });
    return route.live ? response : this.reply(request, response);
  }

  /** A personal team is there as soon as its user asks for it. */
  private async member({ userId, teamId }: Visit): Promise<Member | undefined> {
    if (!this.team.exists()) {
      if (teamId !== personalTeamOf(userId)) return undefined;
      const user = await coordinatorOf(this.env, userId).user(userId);
      this.join(user, undefined);
    }
    return this.team.member(userId);
  }

  private create(owner: User, generation: Generation): void {
    this.team.create(generation);
    this.sets.create();
    this.todos.create();
    this.team.addMember(memberOf(owner, "owner"));
  }

  private mayBeFaulty(): boolean {
    return this.env.FAULTS === "allowed";
  }

  private faults(): Faults {
    return this.mayBeFaulty() ? this.team.faults() : NO_FAULTS;
  }

  /** `POST …/faults`. Takes the place of all earlier faults. */
  private async setFaults(request: Request): Promise<Response> {
    if (request.method !== "POST") throw new HttpError(405, "Use POST here.", { Allow: "POST" });
    const faults = readFaults(await readJson(request, MAX_BODY_BYTES), Date.now());
    this.team.setFaults(faults);
    this.delivery.reset();
    if (faults.noLivePush) this.listeners.closeAll();
    return Response.json({ faults });
  }

  /** The answer to what has been carried out, or what the team's faults make of it. */
  private async reply(request: Request, response: Response): Promise<Response> {
    const faults = this.faults();
    if (request.method !== "GET" && faults.loseReplies > 0) {
      this.team.setFaults({ ...faults, loseReplies: faults.loseReplies - 1 });
      // As a gateway says it, not the server: it knows nothing of what became of the request.
      return new Response("<h1>502 Bad Gateway</h1>\n", { status: 502, headers: { "Content-Type": "text/html" } });
    }
    if (faults.replyAfterMs > 0) await scheduler.wait(faults.replyAfterMs);
    return response;
  }
}

async function until(time: number): Promise<void> {
  const left = time - Date.now();
  if (left > 0) await scheduler.wait(left);
}

function memberOf({ id, username, displayName }: User, role: Role): Member {
  return { userId: id, username, displayName, role };
}
