/** Many slow components that read one entity, rendered in a transition while that changes. */

import { startTransition, useLayoutEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import type { Entity, RealtimeSyncManager } from "sealwire";
import { SyncProvider, useEntity } from "sealwire/react";

const READERS = 60;
const commits: string[][] = [];
let again: (round: number) => void;

function Reader({ round }: { round: number }) {
  const title = useEntity<Entity<{ title: string }>>("bookmark", "bm_1")?.data.title ?? "nothing";
  for (const end = performance.now() + 2; performance.now() < end; );
  return <i data-round={round}>{title}</i>;
}

function Readers() {
  const [round, setRound] = useState(0);
  again = (next) => startTransition(() => setRound(next));
  useLayoutEffect(() => {
    commits.push([...new Set(Array.from(document.querySelectorAll("i"), ({ textContent }) => textContent ?? ""))]);
  });
  return Array.from({ length: READERS }, (_, index) => <Reader key={index} round={round} />);
}

function mount(sync: RealtimeSyncManager) {
  createRoot(document.body.appendChild(document.createElement("div"))).render(<SyncProvider sync={sync}><Readers /></SyncProvider>);
}

Object.assign(globalThis, { react: { mount, commits, again: (round: number) => again(round) } });
