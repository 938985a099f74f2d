import { useState } from "react";
import type { FolderNode } from "../tree";
import { Icon } from "./icons";
import { NavItem } from "./nav-item";

interface Props {
  folders: readonly FolderNode[];
  /** The folder in view. */
  currentId: string | null;
  onSelect: (folder: FolderNode) => void;
}

/** Folders with those in them, which are shown once their folder is unfolded. */
export function FolderTree({ folders, currentId, onSelect }: Props) {
  return (
    <ul className="tree">
      {folders.map((folder) => (
        <Branch key={folder.id} folder={folder} currentId={currentId} onSelect={onSelect} />
      ))}
    </ul>
  );
}

function Branch({ folder, currentId, onSelect }: Omit<Props, "folders"> & { folder: FolderNode }) {
  const [unfolded, setUnfolded] = useState(false);
  const { name, folders, total } = folder;
  return (
    <li>
      <div className="branch">
        {folders.length > 0 && (
          <button
            type="button"
            className="icon-button unfold"
            aria-expanded={unfolded}
            aria-label={`Folders in ${name}`}
            onClick={() => setUnfolded(!unfolded)}
          >
            <Icon name="chevron" />
          </button>
        )}
        <NavItem icon="folder" name={name} amount={total} current={folder.id === currentId} onClick={() => onSelect(folder)} />
      </div>
      {unfolded && <FolderTree folders={folders} currentId={currentId} onSelect={onSelect} />}
    </li>
  );
}
