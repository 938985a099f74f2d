import { allFolders, pathTo, type FolderNode, type Tree } from "../tree";

interface Props {
  tree: Tree;
  label: string;
  /** A folder and all in it that cannot be chosen. */
  except?: FolderNode;
  value: string | null;
  onChange: (id: string | null) => void;
}

/** A choice among all folders, the inner ones indented. */
export function FolderField({ tree, label, except, value, onChange }: Props) {
  return (
    <label className="field">
      {label}
      <select value={value ?? ""} onChange={(event) => onChange(event.target.value || null)}>
        <option value="">At the top</option>
        {allFolders(tree)
          .map((folder) => ({ folder, path: pathTo(folder) }))
          .filter(({ path }) => !except || !path.includes(except))
          .map(({ folder, path }) => (
            <option key={folder.id} value={folder.id}>
              {"\u2003".repeat(path.length - 1)}
              {folder.name}
            </option>
          ))}
      </select>
    </label>
  );
}
