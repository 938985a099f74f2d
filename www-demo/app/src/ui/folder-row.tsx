import { counted } from "../format";
import type { FolderNode } from "../tree";
import { useRefused } from "./hooks";
import { Icon } from "./icons";
import { ItemMark, markOf } from "./item-mark";

/** A folder inside the list of the folder that it lies in. */
export function FolderRow({ folder, onOpen }: { folder: FolderNode; onOpen: () => void }) {
  return (
    <div className="row-content">
      <Icon name="folder" />
      <div className="row-text">
        <button type="button" className="row-title row-button" onClick={onOpen}>
          <bdi>{folder.name}</bdi>
        </button>
        <span className="row-address">{counted(folder.total, "bookmark")}</span>
      </div>
      <ItemMark mark={markOf(folder.row.pending, useRefused(folder.id))} />
      <Icon name="chevron" />
    </div>
  );
}
