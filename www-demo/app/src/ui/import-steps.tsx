import { useId } from "react";
import { count, counted } from "../format";
import type { BookmarkFile } from "../import/netscape";
import type { ImportResult } from "../import/run";
import { TEST_ID } from "../test-hooks";
import { Trouble } from "./trouble";

interface ChooseProps {
  trouble: string | null;
  onFile: (file: File) => void;
  onSample: () => void;
}

export function ChooseStep({ trouble, onFile, onSample }: ChooseProps) {
  const fileId = useId();
  return (
    <>
      <p>
        Choose the .html file that your browser saves under “Export bookmarks”, or drop it on this page. It is read here and
        not uploaded.
      </p>
      <Trouble>{trouble}</Trouble>
      <p className="actions">
        <input
          id={fileId}
          type="file"
          className="file-input"
          accept=".html,.htm,text/html"
          data-testid={TEST_ID.importFile}
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            // Emptied, so that choosing the same file again is a change again.
            target.value = "";
            if (file) onFile(file);
          }}
        />
        <label htmlFor={fileId} className="button primary">
          Choose a file
        </label>
        <button type="button" className="button" onClick={onSample}>
          Try with a sample of 2,000
        </button>
      </p>
    </>
  );
}

interface ReviewProps {
  file: BookmarkFile;
  /** What is there already, in words. */
  besides: string | null;
  onImport: () => void;
  onOther: () => void;
}

const UNREADABLE_SHOWN = 50;

export function ReviewStep({ file, besides, onImport, onOther }: ReviewProps) {
  const { folders, bookmarks, unreadable, warnings } = file;
  return (
    <>
      <p className="summary" data-testid={TEST_ID.importSummary}>
        {counted(bookmarks.length, "bookmark")} in {counted(folders.length, "folder")}
        {unreadable.length > 0 && `; ${counted(unreadable.length, "entry", "entries")} could not be read`}
      </p>
      {warnings.map((warning) => (
        <p key={warning} className="note">
          {warning}
        </p>
      ))}
      {unreadable.length > 0 && (
        <details>
          <summary>Entries that could not be read</summary>
          <ul className="unreadable">
            {unreadable.slice(0, UNREADABLE_SHOWN).map(({ title, reason }, index) => (
              <li key={index}>
                <bdi>{title.slice(0, 100) || "Without title"}</bdi>: {reason}
              </li>
            ))}
            {unreadable.length > UNREADABLE_SHOWN && <li>and {count(unreadable.length - UNREADABLE_SHOWN)} more</li>}
          </ul>
        </details>
      )}
      <p className="quiet">
        {besides && `They are added to the ${besides} that you have. `}
        Titles, addresses, folders and dates are taken; icons, tags and descriptions are not.
      </p>
      <p className="actions">
        <button type="button" className="button primary" disabled={bookmarks.length + folders.length === 0} onClick={onImport}>
          Import {counted(bookmarks.length, "bookmark")}
        </button>
        <button type="button" className="button" onClick={onOther}>
          Choose another file
        </button>
      </p>
    </>
  );
}

export function RunningStep({ stored, total, onStop }: { stored: number; total: number; onStop: () => void }) {
  return (
    <>
      <p role="status">Sealing and storing on this device…</p>
      <progress max={total} value={stored} aria-label="Import" />
      <p className="quiet">
        {count(stored)} of {count(total)}
      </p>
      <p className="actions">
        <button type="button" className="button" onClick={onStop}>
          Stop
        </button>
      </p>
    </>
  );
}

export function DoneStep({ result, onAgain, onClose }: { result: ImportResult; onAgain: () => void; onClose: () => void }) {
  const { stored, left, troubles } = result;
  return (
    <>
      <p role="status" className="summary">
        {left.length === 0
          ? "All of it is on this device"
          : `${counted(stored, "entry", "entries")} stored, ${count(left.length)} not`}
      </p>
      {troubles.map((trouble) => (
        <Trouble key={trouble}>{trouble}</Trouble>
      ))}
      {left.length === 0 && <p className="quiet">It goes to the server by itself, now or when there is a connection.</p>}
      <p className="actions">
        <button type="button" className="button primary" onClick={onClose}>
          Done
        </button>
        {left.length > 0 && (
          <button type="button" className="button" onClick={onAgain}>
            Import the rest
          </button>
        )}
      </p>
    </>
  );
}
