/** The messages of the three protocols, errors and events, as an app that switches over them meets their types. What must not compile is marked. */

import type { ErrorCode, ErrorReport, EventMap, Fault, SyncEvent, WebSocketInbound, WebSocketOutbound } from "sealwire";
import type { EventMap as GlintEvents, GlintEvent, RealtimeReady, TodoAssigned, TodoClaimed, TodoCreated, TodoDeleted, TodoMoved, TodoReordered, TodoUpdated } from "sealwire/glint";
import type { EventMap as TypeletsEvents, FolderSync, NoteCreatedSync, NoteDeletedSync, NoteSync, TypeletsInbound, TypeletsOutbound, TypeletsSigned } from "sealwire/typelets";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

// ───────────────────────────── BitMarks ─────────────────────────────

({
  id: "sync_1", user_id: "user_1", entity_type: "bookmark", entity_id: "bm_1", operation: "create", timestamp: 1, device_id: "device_1",
  encrypted_data: "base64", data_hash: "hex", conflict_resolved: false,
}) satisfies SyncEvent;
// @ts-expect-error: no such operation
null! as "upsert" satisfies SyncEvent["operation"];
true satisfies Same<WebSocketInbound["type"], "sync" | "ping">;
true satisfies Same<WebSocketOutbound["type"], "connected" | "pong" | "sync" | "ack" | "error">;

export function heard(message: WebSocketOutbound): unknown {
  switch (message.type) {
    case "connected":
      return message.deviceId satisfies string;
    case "pong":
      return message.timestamp satisfies number | undefined;
    case "sync":
      return message.event satisfies SyncEvent;
    case "ack":
      return message.ids satisfies string[];
    case "error":
      // @ts-expect-error: no answer has both
      message.event;
      return message.error satisfies string;
    default:
      return message satisfies never;
  }
}

// ───────────────────────────── Glint ─────────────────────────────

true satisfies Same<GlintEvent, TodoCreated | TodoUpdated | TodoDeleted | TodoReordered | TodoClaimed | TodoAssigned | TodoMoved | RealtimeReady>;
true satisfies Same<Extract<keyof GlintEvents, `${string}:${string}`>, GlintEvent["type"]>;

// ───────────────────────────── Typelets ─────────────────────────────

true satisfies Same<
  TypeletsInbound["type"],
  "auth" | "ping" | "join_note" | "leave_note" | "note_update" | "note_created" | "note_deleted" | "folder_created" | "folder_updated" | "folder_deleted"
>;
true satisfies Same<
  TypeletsOutbound["type"],
  | "connection_established" | "auth_success" | "auth_failed" | "note_joined" | "note_left" | "note_update_success" | "pong" | "error"
  | NoteSync["type"] | NoteCreatedSync["type"] | NoteDeletedSync["type"] | FolderSync["type"]
>;
true satisfies Same<Extract<keyof TypeletsEvents, `${string}_${string}`>, NoteSync["type"] | NoteCreatedSync["type"] | NoteDeletedSync["type"] | FolderSync["type"]>;
null! as TypeletsSigned["payload"] satisfies TypeletsInbound;

// ───────────────────────────── errors and events ─────────────────────────────

// Unions, not text: a misspelt one does not compile.
false satisfies Same<ErrorCode, string>;
false satisfies Same<Fault, string>;
false satisfies Same<keyof EventMap, string>;
// @ts-expect-error: no such code
null! as "need_auth" satisfies ErrorCode;
null! as ErrorReport["code"] satisfies ErrorCode;
