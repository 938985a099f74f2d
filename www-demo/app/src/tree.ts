import type { Row } from "./collection";
import type { Bookmark, Folder } from "./model";

export interface FolderNode {
  readonly id: string;
  /** What it is called in the page; never empty. */
  readonly name: string;
  /** The folder it is shown in. */
  parent: FolderNode | null;
  readonly folders: FolderNode[];
  /** What lies directly in it. */
  readonly bookmarks: Row<Bookmark>[];
  /** The bookmarks in it and in all folders below. */
  total: number;
  readonly row: Row<Folder>;
}

export interface Tree {
  readonly roots: readonly FolderNode[];
  readonly byId: ReadonlyMap<string, FolderNode>;
}

/**
 * Arranges folders and bookmarks. Devices that move folders at the same time can leave a folder inside itself, or in one
 * that another device has deleted: such a folder is shown at the top, and so is a bookmark of a folder that is gone.
 */
export function buildTree(folders: readonly Row<Folder>[], bookmarks: readonly Row<Bookmark>[]): Tree {
  const byId = new Map<string, FolderNode>();
  for (const row of [...folders].sort(bySavedOrder)) {
    const name = row.data.name || "Folder without name";
    byId.set(row.id, { id: row.id, name, parent: null, folders: [], bookmarks: [], total: 0, row });
  }
  const roots: FolderNode[] = [];
  for (const node of byId.values()) {
    node.parent = liesInItself(node, byId) ? null : parentIn(node, byId);
    (node.parent?.folders ?? roots).push(node);
  }
  for (const row of [...bookmarks].sort(bySavedOrder)) {
    const folder = folderOf(row.data, byId);
    folder?.bookmarks.push(row);
    for (let node = folder; node; node = node.parent) node.total += 1;
  }
  return { roots, byId };
}

/** The folder that a bookmark is shown in; `null` at the top. */
export function folderOf({ groupId }: Bookmark, byId: Tree["byId"]): FolderNode | null {
  return (groupId !== null && byId.get(groupId)) || null;
}

/** From the top down to the folder itself. */
export function pathTo(folder: FolderNode | null): FolderNode[] {
  return folder ? [...pathTo(folder.parent), folder] : [];
}

/** The folder and all folders below it, each before those in it. */
export function withDescendants(folder: FolderNode): FolderNode[] {
  return [folder, ...folder.folders.flatMap(withDescendants)];
}

export function allFolders({ roots }: Tree): FolderNode[] {
  return roots.flatMap(withDescendants);
}

/** The position behind everything that is in a folder, or at the top. */
export function lastOrder(rows: readonly Row<{ order: number }>[]): number {
  return rows.reduce((last, { data }) => Math.max(last, data.order), -1);
}

function parentIn(node: FolderNode, byId: Tree["byId"]): FolderNode | null {
  const { parentId } = node.row.data;
  return (parentId !== null && byId.get(parentId)) || null;
}

function liesInItself(node: FolderNode, byId: Tree["byId"]): boolean {
  const passed = new Set<FolderNode>();
  let above = parentIn(node, byId);
  while (above && above !== node && !passed.has(above)) {
    passed.add(above);
    above = parentIn(above, byId);
  }
  return above === node;
}

function bySavedOrder(left: Row<{ order: number }>, right: Row<{ order: number }>): number {
  return left.data.order - right.data.order || (left.id < right.id ? -1 : 1);
}
