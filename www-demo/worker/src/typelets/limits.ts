/** How long a socket may take to authenticate. */
export const AUTHENTICATE_MS = 30_000;

/** Of one user: sockets that are signed in, and such that are not yet. */
export const MAX_SOCKETS = 20;
export const MAX_WAITING = 20;

/** Frames that a socket may send within a window; all of them count. */
export const MAX_FRAMES = 300;
export const WINDOW_MS = 60_000;

/** How old a signed frame may be, and how far ahead of this clock. */
export const MAX_SIGNED_AGE_MS = 5 * 60_000;
export const MAX_SIGNED_AHEAD_MS = 60_000;
export const MAX_NONCE = 128;

export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 50;

/** Of one user. A note takes at most some 2 MiB, so all of them fit into one object. */
export const MAX_NOTES = 1000;
export const MAX_FOLDERS = 200;

/** UTF-16 code units. What has no limit here is bounded by its frame or body. */
export const MAX_TITLE = 16_384;
export const MAX_FOLDER_NAME = 100;
export const MAX_TAG = 50;
export const MAX_TAGS = 20;
export const MAX_IV = 64;
export const MAX_SALT = 128;
