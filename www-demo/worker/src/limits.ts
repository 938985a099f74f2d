/** A frame, an event as it is sent on, and an HTTP body. Bytes of UTF-8. */
export const MAX_FRAME_BYTES = 1_048_576;

/** How far an event may be ahead of the server's clock. */
export const MAX_AHEAD_MS = 5 * 60_000;

/** A page of a pull: its events, and the characters of their bodies, so that it fits in memory whatever was asked for. */
export const DEFAULT_PAGE = 1000;
export const MAX_PAGE = 10_000;
export const MAX_PAGE_LENGTH = 4 * 1_048_576;

/** Of one account. A change goes to each socket, so their number is bounded; the sessions that expire first make room for new ones. */
export const MAX_SOCKETS = 100;
export const MAX_SESSIONS = 32;
