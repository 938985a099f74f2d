/** `sealwire/react`: the hooks. The engine is not in it: what they show is a manager that the app has opened. */

export { useEntities, useEntity, usePending, useStatus, useSync } from "./hooks.ts";
export { useNotes } from "./notes.ts";
export { SyncProvider } from "./provider.tsx";
export { useTodos } from "./todos.ts";
export { connectionWord, useWebSocket } from "./web-socket.ts";
