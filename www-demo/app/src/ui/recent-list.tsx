import { shownAddress } from "../address";
import { dateAndTime } from "../format";
import type { Opened } from "../model";
import { BookmarkTitle } from "./bookmark-title";
import { useShown } from "./hooks";

const MOST = 50;

/** The bookmarks that were opened last, on any device. */
export function RecentList({ onVisit }: { onVisit: (bookmarkId: string, bookmark: Opened) => void }) {
  const visits = [...useShown("visits")].sort((left, right) => right.data.openedAt - left.data.openedAt).slice(0, MOST);
  if (visits.length === 0) return <p className="empty">What you open from the list appears here, on all your devices.</p>;
  return (
    <ol className="recent" aria-label="Recently opened">
      {visits.map(({ id, data: visit }) => (
        <li key={id} className="row-content">
          <div className="row-text">
            <BookmarkTitle bookmark={visit} onOpen={() => onVisit(visit.bookmarkId, visit)} />
            <span className="row-address">
              <bdi>{shownAddress(visit.url)}</bdi>
            </span>
          </div>
          <time className="row-time" dateTime={new Date(visit.openedAt).toISOString()}>
            {dateAndTime(visit.openedAt)}
          </time>
        </li>
      ))}
    </ol>
  );
}
