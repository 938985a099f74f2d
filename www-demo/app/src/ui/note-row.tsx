import type { Note } from "sealwire/typelets";
import { dateAndTime } from "../format";
import { excerptOf, nameOf, timeOf } from "../notes/words";
import { TEST_ID } from "../test-hooks";
import { Icon } from "./icons";
import { ItemMark, markOf } from "./item-mark";

interface Props {
  note: Note;
  /** What it lies in, if the row is to tell it. */
  folder: string | null;
  open: boolean;
  refused: boolean;
  conflict: boolean;
  onOpen: () => void;
}

export function NoteRow({ note, folder, open, refused, conflict, onOpen }: Props) {
  const changed = timeOf(note.updatedAt);
  return (
    <div className="row-content note-row" data-testid={TEST_ID.noteRow} data-pending={note.pending} data-mark={markOf(note.pending, refused)} data-open={open}>
      <div className="row-text">
        <button type="button" className="row-title row-button" aria-current={open ? "true" : undefined} onClick={onOpen}>
          <bdi>{nameOf(note)}</bdi>
        </button>
        <span className="row-address">
          {conflict && <span className="tag warning">Two versions</span>}
          {folder !== null && (
            <span className="row-folder">
              <bdi>{folder}</bdi>
            </span>
          )}
          <bdi>{excerptOf(note) || (changed === null ? "New" : dateAndTime(changed))}</bdi>
        </span>
      </div>
      {note.starred && (
        <span className="starred">
          <Icon name="star" />
          <span className="unseen">Starred</span>
        </span>
      )}
      <ItemMark mark={markOf(note.pending, refused)} />
    </div>
  );
}
