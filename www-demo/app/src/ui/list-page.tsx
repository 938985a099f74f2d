import { useMemo, useState } from "react";
import { nameOf } from "../address";
import type { Row } from "../collection";
import { deleteBookmark, recordVisit, restoreBookmark } from "../edits";
import type { Bookmark, Opened } from "../model";
import { troubleText } from "../notices";
import { buildTree, type FolderNode } from "../tree";
import { KeysDialog, SignOutDialog } from "./account-dialogs";
import { BookmarkDialog } from "./bookmark-dialog";
import { BookmarksRefused } from "./bookmarks-refused";
import { DeviceDialog } from "./device-link";
import { Dialog } from "./dialog";
import { FileDrop } from "./file-drop";
import { FolderDialog } from "./folder-dialog";
import { Header } from "./header";
import { HoodPanel } from "./hood/hood-panel";
import { useNarrow, useSession, useShown, useShownManager } from "./hooks";
import { ImportDialog } from "./import-dialog";
import { Library } from "./library";
import { NoticeStack } from "./notice-stack";
import type { Panel } from "./panel-buttons";
import { RecoveryCard } from "./recovery-card";
import { ServerPanel } from "./server-panel";
import { Sidebar } from "./sidebar";
import { StatusLine } from "./status-line";
import type { View } from "./view";

type Open =
  | { dialog: "bookmark"; row: Row<Bookmark> | null }
  | { dialog: "folder"; folder: FolderNode | null }
  | { dialog: "import"; dropped: File | null }
  | { dialog: "device" }
  | { dialog: "keys" }
  | { dialog: "sign-out" }
  | { dialog: "menu" };

/** The account's bookmarks, with everything around them. */
export function ListPage({ recoveryCode, onLeft }: { recoveryCode: string | null; onLeft: (note: string) => void }) {
  const { account, manager, notices } = useSession();
  const bookmarks = useShown("bookmarks");
  const folders = useShown("folders");
  const visits = useShown("visits");
  const status = useShown("status");
  const tree = useMemo(() => buildTree(folders, bookmarks), [folders, bookmarks]);
  const narrow = useNarrow();
  const [view, setView] = useState<View>({ kind: "all" });
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState<Open | null>(null);
  const [unwritten, setUnwritten] = useState(recoveryCode);
  const [panel, setPanel] = useState<Panel>(null);
  useShownManager(manager);

  const close = () => setOpen(null);
  const report = (cause: unknown) => notices.trouble(troubleText(cause));
  const openFolderId = view.kind === "folder" && tree.byId.has(view.id) ? view.id : null;

  function show(next: View) {
    setView(next);
    setQuery("");
    close();
    window.scrollTo(0, 0);
  }

  function visit(bookmarkId: string, bookmark: Opened) {
    const known = visits.some(({ data }) => data.bookmarkId === bookmarkId);
    recordVisit(manager, bookmarkId, bookmark, known).catch(report);
  }

  function remove(row: Row<Bookmark>) {
    close();
    const undo = { label: "Undo", run: () => restoreBookmark(manager, row).catch(report) };
    deleteBookmark(manager, row.id).then(() => notices.done(`Deleted “${nameOf(row.data)}”.`, undo), report);
  }

  const sidebar = (
    <Sidebar
      view={view}
      tree={tree}
      bookmarkCount={bookmarks.length}
      onView={show}
      onDevice={() => setOpen({ dialog: "device" })}
      onKeys={() => setOpen({ dialog: "keys" })}
      onSignOut={() => setOpen({ dialog: "sign-out" })}
    />
  );

  return (
    <div className="page" data-panel={panel !== null}>
      <Header
        query={query}
        onQuery={setQuery}
        panel={panel}
        onPanel={setPanel}
        onMenu={narrow ? () => setOpen({ dialog: "menu" }) : null}
      />
      {!narrow && <aside className="sidebar">{sidebar}</aside>}
      <main className="content">
        <div className="main">
          <StatusLine status={status} onReconnect={() => manager.reconnect()} />
          {unwritten && (
            <RecoveryCard
              account={account}
              recoveryCode={unwritten}
              onDevice={() => setOpen({ dialog: "device" })}
              onHide={() => setUnwritten(null)}
            />
          )}
          <BookmarksRefused />
          <Library
            tree={tree}
            view={view}
            query={query}
            onView={show}
            onAdd={() => setOpen({ dialog: "bookmark", row: null })}
            onNewFolder={() => setOpen({ dialog: "folder", folder: null })}
            onEditFolder={(folder) => setOpen({ dialog: "folder", folder })}
            onImport={() => setOpen({ dialog: "import", dropped: null })}
            onVisit={visit}
            actions={{
              onOpen: ({ id, data }) => visit(id, data),
              onEdit: (row) => setOpen({ dialog: "bookmark", row }),
              onDelete: remove,
            }}
          />
        </div>
        {panel === "server" && <ServerPanel onClose={() => setPanel(null)} />}
        {panel === "hood" && <HoodPanel manager={manager} onClose={() => setPanel(null)} />}
      </main>
      <NoticeStack notices={notices} />
      <FileDrop onFile={(dropped) => setOpen({ dialog: "import", dropped })} />

      {open?.dialog === "bookmark" && (
        <BookmarkDialog tree={tree} row={open.row} folderId={openFolderId} onDelete={remove} onClose={close} />
      )}
      {open?.dialog === "folder" && <FolderDialog tree={tree} folder={open.folder} parentId={openFolderId} onClose={close} />}
      {open?.dialog === "import" && <ImportDialog dropped={open.dropped} onClose={close} />}
      {open?.dialog === "device" && <DeviceDialog account={account} sync={manager} onClose={close} />}
      {open?.dialog === "keys" && <KeysDialog onClose={close} />}
      {open?.dialog === "sign-out" && <SignOutDialog onClose={close} onLeft={onLeft} />}
      {open?.dialog === "menu" && (
        <Dialog title="Folders and account" onClose={close}>
          {sidebar}
        </Dialog>
      )}
    </div>
  );
}
