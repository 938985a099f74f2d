import type { Tree } from "../tree";
import { FolderTree } from "./folder-tree";
import { NavItem } from "./nav-item";
import { PlaceNav } from "./place-nav";
import type { View } from "./view";

interface Props {
  view: View;
  tree: Tree;
  bookmarkCount: number;
  onView: (view: View) => void;
  onDevice: () => void;
  onKeys: () => void;
  onSignOut: () => void;
}

export function Sidebar({ view, tree, bookmarkCount, onView, onDevice, onKeys, onSignOut }: Props) {
  return (
    <div className="sidebar-content">
      <PlaceNav current="bookmarks" />
      <nav aria-label="Folders">
        <ul>
          <li>
            <NavItem
              icon="bookmark"
              name="All bookmarks"
              amount={bookmarkCount}
              current={view.kind === "all"}
              onClick={() => onView({ kind: "all" })}
            />
          </li>
          <li>
            <NavItem
              icon="recent"
              name="Recently opened"
              current={view.kind === "recent"}
              onClick={() => onView({ kind: "recent" })}
            />
          </li>
        </ul>
        {tree.roots.length > 0 && <h2 className="nav-heading">Folders</h2>}
        <FolderTree
          folders={tree.roots}
          currentId={view.kind === "folder" ? view.id : null}
          onSelect={({ id }) => onView({ kind: "folder", id })}
        />
      </nav>
      <ul className="account-actions" aria-label="Account">
        <li>
          <NavItem icon="device" name="Second device" onClick={onDevice} />
        </li>
        <li>
          <NavItem icon="key" name="About keys" onClick={onKeys} />
        </li>
        <li>
          <NavItem icon="signOut" name="Sign out of this device" onClick={onSignOut} />
        </li>
      </ul>
    </div>
  );
}
