// What a page needs to use `sealwire/typelets`, whatever server it talks to.

import { fileURLToPath } from "node:url";

export const PACKAGE = fileURLToPath(new URL("../../../pkg/typelets.js", import.meta.url));
export const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
  import * as sealwire from "/typelets.js";
  globalThis.sealwire = sealwire;
</script>`;

/**
 * `manager(options)` opens a manager whose events are kept; `until(check)` waits for a condition, with a bound. `askForToken` is what it asks, and
 * `asked` counts how often it does.
 */
export function prepare({ options: given, tokenRoute }) {
  globalThis.errors = [];
  globalThis.changes = [];
  globalThis.refusals = [];
  globalThis.conflicts = [];
  globalThis.events = [];
  globalThis.states = [];
  globalThis.asked = 0;
  /** What the next tokens are, or for how many seconds they hold; then they hold an hour. */
  globalThis.tokens = [];
  globalThis.askForToken = async () => {
    asked += 1;
    const [next = 3600] = tokens.splice(0, 1);
    if (next === "none") throw new Error("signed out");
    if (typeof next === "string") return next;
    const response = await fetch(`${tokenRoute}?ttl=${next}`, { method: "POST" });
    if (!response.ok) throw new Error(`no token: ${response.status}`);
    return (await response.json()).token;
  };
  const MESSAGES = [
    "note_sync", "note_created_sync", "note_deleted_sync", "folder_created_sync", "folder_updated_sync", "folder_deleted_sync",
  ];
  globalThis.options = (more) => sealwire.typelets({ ...given, getToken: () => askForToken(), ...more });
  globalThis.manager = async (more) => {
    const sync = await sealwire.RealtimeSyncManager.open(options(more));
    sync.on("error", (report) => errors.push(report));
    sync.on("change", (change) => changes.push(change));
    sync.on("rejected", (rejected) => refusals.push(rejected));
    sync.on("conflict", (conflict) => conflicts.push(conflict));
    sync.on("status", ({ state }) => states.at(-1) !== state && states.push(state));
    for (const event of MESSAGES) sync.on(event, (message) => events.push(message));
    return sync;
  };
  globalThis.until = async (check, bound = 40_000) => {
    for (const end = Date.now() + bound; Date.now() < end; ) {
      if (await check()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`did not come true: ${check}; ${JSON.stringify({ status: globalThis.sync?.status, errors })}`);
  };
  globalThis.connect = async (state, more) => {
    globalThis.sync = await manager(more);
    sync.connect();
    await until(() => sync.status.state === state);
  };
  globalThis.settled = () => until(() => sync.status.pending === 0, 90_000);
  globalThis.acknowledged = async (push) => (await push).acknowledged;
  globalThis.titles = async () => (await sync.notes()).map(({ title }) => title).sort();
  globalThis.codes = () => errors.map(({ code }) => code);
  globalThis.codeOf = async (call) => {
    try {
      await call();
      return "nothing thrown";
    } catch (error) {
      if (!(error instanceof sealwire.SyncError)) return String(error);
      return error.option ? `${error.code} ${error.option}` : error.code;
    }
  };
}
