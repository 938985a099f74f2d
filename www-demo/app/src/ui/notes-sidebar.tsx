import type { Folder, Note } from "sealwire/typelets";
import { NavItem } from "./nav-item";
import { PlaceNav } from "./place-nav";

/** Which notes the list shows. */
export type NotesView = { kind: "all" } | { kind: "starred" } | { kind: "folder"; key: string };

interface Props {
  view: NotesView;
  notes: readonly Note[];
  folders: readonly Folder[];
  onView: (view: NotesView) => void;
  onNewFolder: () => void;
  onDevice: () => void;
  onPassword: () => void;
  onLock: () => void;
}

export function NotesSidebar({ view, notes, folders, onView, onNewFolder, onDevice, onPassword, onLock }: Props) {
  return (
    <div className="sidebar-content">
      <PlaceNav current="notes" />
      <nav aria-label="Folders">
        <ul>
          <li>
            <NavItem icon="note" name="All notes" amount={notes.length} current={view.kind === "all"} onClick={() => onView({ kind: "all" })} />
          </li>
          <li>
            <NavItem
              icon="star"
              name="Starred"
              amount={notes.filter(({ starred }) => starred).length}
              current={view.kind === "starred"}
              onClick={() => onView({ kind: "starred" })}
            />
          </li>
        </ul>
        <h2 className="nav-heading">Folders</h2>
        <ul>
          {folders.map(({ key, id, name }) => (
            <li key={key}>
              <NavItem
                icon="folder"
                name={name}
                amount={notes.filter(({ folderId }) => folderId === id).length}
                current={view.kind === "folder" && view.key === key}
                onClick={() => onView({ kind: "folder", key })}
              />
            </li>
          ))}
          <li>
            <NavItem icon="add" name="New folder" onClick={onNewFolder} />
          </li>
        </ul>
      </nav>
      <ul className="account-actions" aria-label="Account">
        <li>
          <NavItem icon="device" name="Second device" onClick={onDevice} />
        </li>
        <li>
          <NavItem icon="key" name="About the password" onClick={onPassword} />
        </li>
        <li>
          <NavItem icon="lock" name="Lock the notes" onClick={onLock} />
        </li>
      </ul>
    </div>
  );
}
