import type { Notices } from "../notices";
import { useNotices } from "./hooks";
import { Icon } from "./icons";

export function NoticeStack({ notices }: { notices: Notices }) {
  return (
    <div className="notices" role="log" aria-label="Notices">
      {useNotices(notices).map(({ id, tone, text, times, action }) => (
        <div key={id} className="notice" data-tone={tone}>
          {tone === "trouble" && <Icon name="warning" />}
          <p>
            {text}
            {times > 1 && <span className="quiet"> ({times} times)</span>}
          </p>
          {action && (
            <button
              type="button"
              className="link-button"
              onClick={() => {
                notices.dismiss(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => notices.dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
