/** A small app of notes, as the service's own client would be written. */

import { createRoot } from "react-dom/client";
import { SyncProvider, useNotes, useWebSocket, type NotesView } from "sealwire/react";
import { WebSocketStatus, WebSocketStatusCompact } from "sealwire/react/status";
import type { RealtimeSyncManager } from "sealwire/typelets";

const told: string[] = [];
let view: NotesView;

function Notes({ autoConnect }: { autoConnect: boolean }) {
  view = useNotes({
    autoConnect,
    onAuthenticated: (userId) => told.push(`authenticated ${userId}`),
    onNoteSync: ({ noteId }) => told.push(`sync ${noteId}`),
    onError: ({ code }) => told.push(`error ${code}`),
  });
  const { notes, selectedNote, webSocket } = view;
  return (
    <main>
      <h1>Notes</h1>
      <ol>{notes.map(({ key, title, pending }) => <li key={key} data-pending={pending}>{title}</li>)}</ol>
      <output id="selected">{selectedNote?.title ?? "none"}</output>
      <output id="joined">{webSocket.joinedNotes.length}</output>
      <output id="word">{webSocket.status}</output>
      <WebSocketStatus
        status={webSocket.status}
        isConnected={webSocket.isConnected}
        isAuthenticated={webSocket.isAuthenticated}
        reconnectAttempts={webSocket.reconnectAttempts}
        lastSync={webSocket.lastSync}
        joinedNotes={webSocket.joinedNotes}
        error={webSocket.error}
        onReconnect={webSocket.reconnect}
        onClearError={webSocket.clearError}
        showDetails={true}
      />
      <Compact />
    </main>
  );
}

function Compact() {
  const { status, isAuthenticated, lastSync, reconnect } = useWebSocket({ autoConnect: false });
  return <footer><WebSocketStatusCompact status={status} isAuthenticated={isAuthenticated} lastSync={lastSync} onReconnect={reconnect} /></footer>;
}

function mount(open: () => Promise<RealtimeSyncManager>, { connect = true } = {}) {
  const root = createRoot(document.body.appendChild(document.createElement("div")));
  root.render(<SyncProvider open={open} connect={false}><Notes autoConnect={connect} /></SyncProvider>);
  return () => root.unmount();
}

Object.assign(globalThis, { react: { mount, told, view: () => view } });
