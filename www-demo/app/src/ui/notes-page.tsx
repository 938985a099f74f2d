import { useRef, useState } from "react";
import type { Folder, Note } from "sealwire/typelets";
import { counted } from "../format";
import { nameOf } from "../notes/words";
import { TEST_ID } from "../test-hooks";
import { DeviceDialog } from "./device-link";
import { Dialog } from "./dialog";
import { HeldNotePanel } from "./held-note-panel";
import { HoodPanel } from "./hood/hood-panel";
import { useNarrow, useShownManager } from "./hooks";
import { Icon, Seal } from "./icons";
import { NoteEditor } from "./note-editor";
import { useChange, useNews, useNotes, useNotesSession } from "./note-hooks";
import { NoteRow } from "./note-row";
import { NoteFolderDialog, PasswordDialog } from "./notes-dialogs";
import { NotesRefused } from "./notes-refused";
import { NotesSidebar, type NotesView } from "./notes-sidebar";
import { NoticeStack } from "./notice-stack";
import { PanelButtons, type Panel } from "./panel-buttons";
import { RecoveryCard } from "./recovery-card";
import { StatusLine } from "./status-line";
import { WindowedList } from "./windowed-list";

type Open = { dialog: "folder"; folder: Folder | null } | { dialog: "device" } | { dialog: "password" } | { dialog: "menu" };

interface Props {
  recoveryCode: string | null;
  onWritten: () => void;
  onLock: () => void;
}

/** The account's notes: a list, and the open one beside it, or in its place where the page is narrow. */
export function NotesPage({ recoveryCode, onWritten, onLock }: Props) {
  const { account, manager, notices, save } = useNotesSession();
  const [notes, folders, refused, conflicts, status] = [
    useNotes("notes"), useNotes("folders"), useNotes("refused"), useNotes("conflicts"), useNotes("status"),
  ];
  const change = useChange();
  const narrow = useNarrow();
  const heading = useRef<HTMLHeadingElement>(null);
  const [view, setView] = useState<NotesView>({ kind: "all" });
  /** The key of the open note, and whether it was made just now. */
  const [opened, setOpened] = useState<{ key: string; fresh: boolean } | null>(null);
  const [open, setOpen] = useState<Open | null>(null);
  const [panel, setPanel] = useState<Panel>(null);
  useShownManager(manager);

  const note = notes.find(({ key }) => key === opened?.key) ?? null;
  useNews(notes, note);
  const folder = (view.kind === "folder" && folders.find(({ key }) => key === view.key)) || null;
  const starred = view.kind === "starred";
  const listed = notes.filter((note) => (folder ? note.folderId === folder.id : !starred || note.starred));
  const title = folder?.name ?? (starred ? "Starred" : "All notes");
  const alone = narrow && note !== null;
  const close = () => setOpen(null);

  function show(next: NotesView) {
    setView(next);
    setOpened(null);
    close();
    window.scrollTo(0, 0);
  }

  function showNote(key: string, fresh: boolean) {
    setOpened({ key, fresh });
    if (narrow) window.scrollTo(0, 0);
  }

  function backToList() {
    setOpened(null);
    // After the list is there again.
    requestAnimationFrame(() => heading.current?.focus());
  }

  async function add() {
    let key = "";
    const made = save(async () => {
      const { entityId } = await manager.createNote({ ...(folder && { folderId: folder.id }), ...(starred && { starred }) });
      key = entityId;
    });
    await made.then(() => showNote(key, true), () => undefined);
  }

  function remove(note: Note) {
    const undo = { label: "Undo", run: () => change(() => manager.updateNote(note.id, { deleted: false })) };
    backToList();
    save(() => manager.deleteNote(note.id)).then(
      () => notices.done(`Deleted “${nameOf(note)}”.`, undo),
      () => undefined,
    );
  }

  const sidebar = (
    <NotesSidebar
      view={folder || view.kind !== "folder" ? view : { kind: "all" }}
      notes={notes}
      folders={folders}
      onView={show}
      onNewFolder={() => setOpen({ dialog: "folder", folder: null })}
      onDevice={() => setOpen({ dialog: "device" })}
      onPassword={() => setOpen({ dialog: "password" })}
      onLock={onLock}
    />
  );

  return (
    <div className="page" data-panel={panel !== null}>
      <header className="header notes-header">
        {narrow ? (
          <button type="button" className="icon-button" aria-label="Folders and account" onClick={() => setOpen({ dialog: "menu" })}>
            <Icon name="menu" />
          </button>
        ) : (
          <p className="brand">
            <Seal /> Sealwire
          </p>
        )}
        <p className="todos-where">
          <bdi>{title}</bdi>
        </p>
        <div className="header-actions">
          <PanelButtons panel={panel} onPanel={setPanel} server />
        </div>
      </header>
      {!narrow && <aside className="sidebar">{sidebar}</aside>}
      <main className="content">
        <div className="main notes-main">
          <StatusLine status={status} onReconnect={() => manager.reconnect()} />
          {recoveryCode && (
            <RecoveryCard account={account} recoveryCode={recoveryCode} onDevice={() => setOpen({ dialog: "device" })} onHide={onWritten}>
              {" "}
              To your notes they bring you back as well, but those open with the master password alone.
            </RecoveryCard>
          )}
          <NotesRefused />
          <div className="notes" data-empty={notes.length === 0}>
            {!alone && (
              <section className="library" aria-labelledby="notes-title">
                <header className="library-header">
                  <h1 ref={heading} id="notes-title" tabIndex={-1}>
                    <bdi>{title}</bdi>
                  </h1>
                  <data className="row-count" value={listed.length} data-testid={TEST_ID.noteCount}>
                    {counted(listed.length, "note")}
                  </data>
                  {folder && (
                    <button
                      type="button"
                      className="icon-button"
                      aria-label={`Edit folder ${folder.name}`}
                      onClick={() => setOpen({ dialog: "folder", folder })}
                    >
                      <Icon name="edit" />
                    </button>
                  )}
                  <div className="library-actions">
                    <button type="button" className="button primary" onClick={add}>
                      New note
                    </button>
                  </div>
                </header>
                {listed.length > 0 ? (
                  <WindowedList items={listed} label="Notes" keyOf={({ key }) => key}>
                    {(row) => (
                      <NoteRow
                        note={row}
                        folder={folder ? null : (folders.find(({ id }) => id === row.folderId)?.name ?? null)}
                        open={row.key === note?.key}
                        refused={refused.some(({ entityId }) => entityId === row.id || entityId === row.key)}
                        conflict={conflicts.has(row.key)}
                        onOpen={() => showNote(row.key, false)}
                      />
                    )}
                  </WindowedList>
                ) : (
                  <Nothing view={view} any={notes.length > 0} />
                )}
              </section>
            )}
            {note ? (
              <NoteEditor
                key={note.key}
                note={note}
                folders={folders}
                fresh={opened?.fresh ?? false}
                onBack={narrow ? backToList : null}
                onDelete={() => remove(note)}
              />
            ) : (
              !narrow && notes.length > 0 && <p className="note-none quiet">Choose a note to read and write it here.</p>
            )}
          </div>
        </div>
        {panel === "server" && <HeldNotePanel note={note} onClose={() => setPanel(null)} />}
        {panel === "hood" && <HoodPanel manager={manager} onClose={() => setPanel(null)} />}
      </main>
      <NoticeStack notices={notices} />

      {open?.dialog === "folder" && <NoteFolderDialog folder={open.folder} onClose={close} />}
      {open?.dialog === "device" && (
        <DeviceDialog account={account} onClose={close}>
          <p>
            Link and code bring the account with its bookmarks. For the notes, go to <strong>Notes</strong> there and type the master
            password, which no link carries.
          </p>
        </DeviceDialog>
      )}
      {open?.dialog === "password" && <PasswordDialog onClose={close} />}
      {open?.dialog === "menu" && (
        <Dialog title="Folders and account" onClose={close}>
          {sidebar}
        </Dialog>
      )}
    </div>
  );
}

function Nothing({ view, any }: { view: NotesView; any: boolean }) {
  if (any) return <p className="empty">{view.kind === "starred" ? "No note has a star." : "This folder is empty. A new note goes here."}</p>;
  return (
    <div className="empty">
      <p className="empty-title">No notes yet</p>
      <p>Write the first one. It is sealed before it leaves this page.</p>
    </div>
  );
}
