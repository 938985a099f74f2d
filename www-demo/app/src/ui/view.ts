/** What the main column shows, while nothing is searched for. */
export type View = { kind: "all" } | { kind: "recent" } | { kind: "folder"; id: string };
