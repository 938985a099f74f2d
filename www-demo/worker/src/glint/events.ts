import type { Placed } from "./bodies";
import type { Assignee, WireTodo } from "./wire";

/** What a team's listeners are told. Each goes to the sockets and streams of its set. */
export type TodoEvent = { setId: string } & (
  | { type: "realtime:ready" }
  | { type: "todo:created"; todo: WireTodo }
  | { type: "todo:updated"; todo: { id: string } & Record<string, unknown> }
  | { type: "todo:deleted"; id: string }
  | { type: "todo:reordered"; items: Placed[] }
  | { type: "todo:claimed"; id: string; claimedBy: string | null; claimedByName: string | null; claimedByAvatar: string | null }
  | { type: "todo:assigned"; id: string; assignees: Assignee[] }
  | { type: "todo:moved"; id: string; fromSetId: string; toSetId: string }
);

export function encode(event: TodoEvent): string {
  return JSON.stringify(event);
}
