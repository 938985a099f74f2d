/** Components that count how often they are rendered. */

import { memo, StrictMode, useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import type { Entity, RealtimeSyncManager } from "sealwire";
import { SyncProvider, useEntities, useEntity, usePending, useStatus, useSync } from "sealwire/react";

interface Bookmark {
  title: string;
}

const renders: Record<string, number> = {};
const count = (what: string) => (renders[what] = (renders[what] ?? 0) + 1);

const Row = memo(({ entity }: { entity: Entity<Bookmark> }) => {
  count(`row ${entity.entityId}`);
  return <li data-id={entity.entityId} data-pending={entity.pending}>{entity.data.title}</li>;
});

function List() {
  count("list");
  return <ul>{useEntities<Entity<Bookmark>>("bookmark").map((entity) => <Row key={entity.entityId} entity={entity} />)}</ul>;
}

function Chosen() {
  count("filtered");
  // Another function each time.
  return <output id="filtered">{useEntities<Entity<Bookmark>>("bookmark", ({ data }) => data.title.startsWith("chosen")).length}</output>;
}

function One({ id }: { id: string }) {
  count(`one ${id}`);
  return <output id={`one-${id}`}>{useEntity<Entity<Bookmark>>("bookmark", id)?.data.title ?? "nothing"}</output>;
}

function Connection() {
  count("status");
  const { state, reason } = useStatus();
  return <output id="state">{`${state} ${reason ?? ""}`.trim()}</output>;
}

function Waiting() {
  count("pending");
  return <output id="pending">{usePending().pending}</output>;
}

function Which() {
  const sync = useSync<RealtimeSyncManager>();
  return <output id="manager">{sync ? "there" : "none"}</output>;
}

let setAccount: (account: string | null) => void;

function App({ children, open }: { children: ReactNode; open: (account: string) => Promise<RealtimeSyncManager> }) {
  const [account, set] = useState<string | null>("one");
  setAccount = set;
  return (
    <SyncProvider open={account === null ? null : () => open(account)} account={account ?? ""}>
      {children}
    </SyncProvider>
  );
}

const everything = (
  <>
    <Which />
    <Connection />
    <Waiting />
    <List />
    <Chosen />
    <One id="bm_1" />
    <One id="none" />
  </>
);

/** Shows all of them, with a manager that the provider opens. */
function mount(open: (account: string) => Promise<RealtimeSyncManager>, isStrict: boolean) {
  const root = createRoot(document.body.appendChild(document.createElement("div")));
  const app = <App open={open}>{everything}</App>;
  root.render(isStrict ? <StrictMode>{app}</StrictMode> : app);
  return () => root.unmount();
}

/** The same with a manager of the app's own. */
function mountGiven(sync: RealtimeSyncManager | null) {
  const root = createRoot(document.body.appendChild(document.createElement("div")));
  const show = (sync: RealtimeSyncManager | null) => root.render(<SyncProvider sync={sync}>{everything}</SyncProvider>);
  show(sync);
  return { show, unmount: () => root.unmount() };
}

Object.assign(globalThis, { react: { renders, mount, mountGiven, setAccount: (account: string | null) => setAccount(account) } });
