import { linkTarget, nameOf } from "../address";
import type { Opened } from "../model";

/** A bookmark's name: a link where the address may be opened, else text. `onOpen` is called for the middle button as well. */
export function BookmarkTitle({ bookmark, onOpen }: { bookmark: Opened; onOpen: () => void }) {
  const target = linkTarget(bookmark.url);
  const name = <bdi>{nameOf(bookmark)}</bdi>;
  return (
    <span className="row-title">
      {target ? (
        <a
          href={target}
          target="_blank"
          rel="noopener noreferrer"
          onClick={onOpen}
          onAuxClick={({ button }) => button === 1 && onOpen()}
        >
          {name}
        </a>
      ) : (
        name
      )}
    </span>
  );
}
