import type { Generation } from "./generation";

/** Who made the team, and who joined it. Both may do everything that this server has a route for. */
export type Role = "owner" | "admin";

/** What `GET …/todos` tells a page to offer. */
export function permissionsOf(role: Role, generation: Generation): Record<string, boolean> {
  const keys = [...KEYS, generation === "seed" ? "claim_todos" : "assign_todos"];
  return Object.fromEntries(keys.map((key) => [key, role === "owner" || !OWNERS.has(key)]));
}

const OWNERS = new Set(["manage_settings", "manage_permissions"]);

const KEYS = [
  ...OWNERS,
  "manage_sets",
  "create_todos",
  "edit_own_todos",
  "edit_any_todo",
  "delete_own_todos",
  "delete_any_todo",
  "complete_any_todo",
  "add_subtodos",
  "reorder_todos",
  "view_todos",
];
