import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { promisify } from "node:util";

/** What a server makes of all hooks and components: nothing is opened, and nothing of a browser is touched. */
const SCRIPT = `
  for (const name of ["window", "document", "indexedDB", "localStorage", "WebSocket", "BroadcastChannel"]) {
    Object.defineProperty(globalThis, name, { get() { throw new Error("rendering touched " + name); } });
  }
  const { createElement: element, Fragment } = await import("react");
  const { renderToString } = await import("react-dom/server");
  const { SyncProvider, useEntities, useEntity, useNotes, usePending, useStatus, useSync, useTodos, useWebSocket } = await import("sealwire/react");
  const { WebSocketStatus, WebSocketStatusCompact } = await import("sealwire/react/status");
  const open = () => { throw new Error("it was opened"); };
  function Page() {
    const { notes, selectedNote, webSocket } = useNotes();
    const { todos, status } = useTodos({ teamId: "team", setId: "inbox", open });
    const seen = {
      sync: useSync(), state: useStatus().state, pending: usePending().pending, list: useEntities("bookmark", () => true), one: useEntity("bookmark", "bm_1") ?? null,
      notes, selectedNote, word: webSocket.status, todos, todosState: status.state, joined: useWebSocket().joinedNotes,
    };
    console.log(JSON.stringify(seen));
    return element(Fragment, null, element(WebSocketStatus), element(WebSocketStatusCompact));
  }
  console.log(renderToString(element(SyncProvider, { open }, element(Page))));
`;

export function onServers() {
  describe("on a server", () => {
    it("there is nothing yet, and the markup says so", async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", SCRIPT], { cwd: new URL("../../www-demo/app", import.meta.url) });
      const [seen, markup] = stdout.trim().split("\n");
      assert.deepEqual(JSON.parse(seen), {
        sync: null, state: "idle", pending: 0, list: [], one: null, notes: [], selectedNote: null, word: "disconnected", todos: [], todosState: "idle", joined: [],
      });
      assert.match(markup, /data-status="disconnected".*Offline/);
    });
  });
}
