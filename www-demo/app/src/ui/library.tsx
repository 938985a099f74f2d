import { useDeferredValue, useMemo } from "react";
import type { Row } from "../collection";
import { counted } from "../format";
import type { Bookmark, Opened } from "../model";
import { matching } from "../search";
import { TEST_ID } from "../test-hooks";
import { pathTo, type FolderNode, type Tree } from "../tree";
import { BookmarkList } from "./bookmark-list";
import type { RowActions } from "./bookmark-row";
import { useShown } from "./hooks";
import { Icon } from "./icons";
import { RecentList } from "./recent-list";
import type { View } from "./view";

interface Props {
  tree: Tree;
  view: View;
  query: string;
  onView: (view: View) => void;
  onAdd: () => void;
  onNewFolder: () => void;
  onEditFolder: (folder: FolderNode) => void;
  onImport: () => void;
  onVisit: (bookmarkId: string, bookmark: Opened) => void;
  actions: RowActions;
}

/** The main column: what is searched for or, without a search, the chosen view. */
export function Library({ tree, view, query, onView, onAdd, onNewFolder, onEditFolder, onImport, onVisit, actions }: Props) {
  const bookmarks = useShown("bookmarks");
  // Typing stays quick: the list follows when there is time.
  const searched = useDeferredValue(query.trim());
  const folder = (view.kind === "folder" && tree.byId.get(view.id)) || null;
  const rows = useMemo(() => {
    if (searched) return matching(bookmarks, searched);
    if (folder) return folder.bookmarks;
    return [...bookmarks].sort(newestFirst);
  }, [bookmarks, folder, searched]);
  const recent = view.kind === "recent" && !searched;
  const title = searched ? "Search" : recent ? "Recently opened" : (folder?.name ?? "All bookmarks");

  return (
    <section className="library" aria-labelledby="library-title">
      {folder && !searched && <Breadcrumbs folder={folder} onView={onView} />}
      <header className="library-header">
        <h1 id="library-title">
          <bdi>{title}</bdi>
        </h1>
        {!recent && (
          <data className="row-count" value={rows.length} data-testid={TEST_ID.rowCount}>
            {counted(rows.length, "bookmark")}
          </data>
        )}
        {folder && !searched && (
          <button
            type="button"
            className="icon-button"
            aria-label={`Edit folder ${folder.name}`}
            onClick={() => onEditFolder(folder)}
          >
            <Icon name="edit" />
          </button>
        )}
        <div className="library-actions">
          <button type="button" className="button" onClick={onNewFolder}>
            New folder
          </button>
          <button type="button" className="button" data-testid={TEST_ID.importButton} onClick={onImport}>
            Import
          </button>
          <button type="button" className="button primary" onClick={onAdd}>
            Add bookmark
          </button>
        </div>
      </header>
      {recent ? (
        <RecentList onVisit={onVisit} />
      ) : (
        <BookmarkList
          rows={rows}
          folders={folder && !searched ? folder.folders : []}
          tree={folder && !searched ? null : tree}
          empty={searched ? <NothingFound query={searched} /> : folder ? <EmptyFolder /> : <EmptyLibrary />}
          actions={actions}
          onFolder={({ id }) => onView({ kind: "folder", id })}
        />
      )}
    </section>
  );
}

function newestFirst({ data: left }: Row<Bookmark>, { data: right }: Row<Bookmark>): number {
  return (right.addedAt ?? 0) - (left.addedAt ?? 0) || right.order - left.order;
}

function Breadcrumbs({ folder, onView }: { folder: FolderNode; onView: (view: View) => void }) {
  return (
    <nav aria-label="Path" className="breadcrumbs">
      <ol>
        <li>
          <button type="button" className="link-button" onClick={() => onView({ kind: "all" })}>
            All bookmarks
          </button>
        </li>
        {pathTo(folder.parent).map(({ id, name }) => (
          <li key={id}>
            <button type="button" className="link-button" onClick={() => onView({ kind: "folder", id })}>
              <bdi>{name}</bdi>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function NothingFound({ query }: { query: string }) {
  return (
    <p className="empty">
      Nothing has “<bdi>{query}</bdi>” in its title or address.
    </p>
  );
}

function EmptyFolder() {
  return <p className="empty">This folder is empty. What is added now goes here.</p>;
}

function EmptyLibrary() {
  return (
    <div className="empty">
      <p className="empty-title">No bookmarks yet</p>
      <p>Add one, or import the file that your browser exports. There is a sample of 2,000 to try.</p>
    </div>
  );
}
